import type { ContextCarrier, Within } from '../contract/context'
import { processWide } from './process-wide'

/** All carriers as one. A property is read for each run and each queue, and nothing else is done while nobody carries anything. */
interface Carriers {
  ofRun: ContextCarrier['ofRun'] | undefined
  ofValue: (() => Within | undefined) | undefined
  /** Of all that inject. */
  injects: readonly NonNullable<ContextCarrier['inject']>[]
  /** Those that replace the whole context come first: the others add to that. */
  installed: readonly ContextCarrier[]
}

/** Of all copies of Sluice: a tool installs a carrier once. */
export const contextCarriers = /* @__PURE__ */ processWide<Carriers>('context carriers', () => ({ ofRun: undefined, ofValue: undefined, injects: [], installed: [] }))

/**
 * Has user functions called in the context of whoever began the run, or put the value: for tools that keep something in an
 * `AsyncLocalStorage`, such as a trace.
 *
 * Without a carrier, a turn of a run takes place in the context of whatever woke the scheduler: of another run, of a put, of a timer.
 * While nothing is carried this costs a run one look at a property, and a turn another.
 *
 * @param carrier captures contexts. What it throws fails no run.
 * @returns ends it, for runs and queues that are made later; no effect from the second call on.
 *
 * @example
 * ```ts
 * import { AsyncLocalStorage } from 'node:async_hooks'
 * import { carryContext } from '@sluice/core/authoring'
 *
 * const snapshot = () => AsyncLocalStorage.snapshot()
 * const end = carryContext({ ofRun: snapshot, ofValue: snapshot, isWhole: true })
 * ```
 */
export function carryContext(carrier: ContextCarrier): () => void {
  // An object of its own for each: the same carrier twice is two of them.
  const own = { ...carrier }
  const { installed } = contextCarriers
  install(own.isWhole === true ? [own, ...installed] : [...installed, own])
  return () => { install(contextCarriers.installed.filter((other) => other !== own)) }
}

/**
 * The context of a value as texts, for a message to another thread; undefined where no carrier has anything to tell.
 *
 * @param within the context of the value. Default: the active one.
 *
 * @example
 * ```ts
 * import { injectedContext } from '@sluice/core/authoring'
 *
 * injectedContext(undefined) // undefined, or { traceparent: '00-…' } where a trace is carried
 * ```
 */
export function injectedContext(within: Within | undefined): Readonly<Record<string, string>> | undefined {
  const { injects } = contextCarriers
  if (injects.length === 0) return undefined
  return within === undefined ? injectedBy(injects) : calledWithin(within, () => injectedBy(injects))
}

function injectedBy(injects: readonly NonNullable<ContextCarrier['inject']>[]): Readonly<Record<string, string>> | undefined {
  let all: Record<string, string> | undefined
  for (const inject of injects) {
    try {
      // Only texts: an item is sent whatever a tool has made of its context.
      for (const [name, text] of Object.entries(inject() ?? {})) if (typeof text === 'string') (all ??= {})[name] = text
    } catch (error) {
      void Promise.reject(error)
    }
  }
  return all
}

/**
 * What captures the context of a value; undefined while no carrier asks for that. For what holds values and hands them to a run, such as a queue: it asks
 * when it is made, and captures when a value comes in.
 *
 * @example
 * ```ts
 * import { valueContexts } from '@sluice/core/authoring'
 *
 * const capture = valueContexts()
 * const within = capture?.() // of whoever calls this
 * ```
 */
export function valueContexts(): (() => Within | undefined) | undefined {
  return contextCarriers.ofValue === undefined ? undefined : () => contextCarriers.ofValue?.()
}

function install(installed: readonly ContextCarrier[]): void {
  contextCarriers.installed = installed
  contextCarriers.ofRun = asOne(installed.map(({ ofRun }) => ofRun))
  contextCarriers.injects = installed.flatMap(({ inject }) => inject ?? [])
  contextCarriers.ofValue = asOne(installed.flatMap(({ ofValue }) => ofValue ?? []))
}

function asOne<A extends unknown[]>(captures: readonly ((...told: A) => Within | undefined)[]): ((...told: A) => Within | undefined) | undefined {
  if (captures.length === 0) return undefined
  return (...told) => {
    let all: Within | undefined
    for (const capture of captures) all = inside(all, safely(() => capture(...told)))
    return all
  }
}

/** A tool fails no run and no put. */
function safely(capture: () => Within | undefined): Within | undefined {
  try {
    return capture()
  } catch (error) {
    void Promise.reject(error)
    return undefined
  }
}

/** First into the outer one, then into the inner one. */
function inside(outer: Within | undefined, inner: Within | undefined): Within | undefined {
  if (outer === undefined || inner === undefined) return outer ?? inner
  return (work) => { outer(() => { inner(work) }) }
}

/** Calls `work` in a context; answers what it answers, throws what it throws. */
export function calledWithin<R>(within: Within, work: () => R): R {
  let answer: R | undefined
  within(() => { answer = work() })
  return answer as R
}

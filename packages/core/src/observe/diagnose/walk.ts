import type { Window } from './window'
import type { Unit } from './units'

/** What is waited for at the end of a walk. */
export type WalkEnd = 'outside' | 'order' | 'permit' | 'limit' | 'loop' | 'event' | 'circle'

/** The way from a sink along what each unit waits for. */
export interface Walk {
  /** The unit at which it ends: the culprit. */
  readonly unit: Unit
  readonly end: WalkEnd
  /** What limits it, where the end is a limit: `'rate'`, `'timer'` and so on. */
  readonly by: string
  /** From the sink to the culprit. */
  readonly path: readonly Unit[]
  /** The product of the shares by which each step was chosen. */
  readonly confidence: number
}

/** One way on, and what part of the time it was the one. */
interface Choice {
  readonly share: number
  readonly end?: WalkEnd
  readonly by?: string
  readonly next?: Unit
}

/**
 * The walks from all sinks, the one that is surest first. A sink by the side gets its values in the turns of another one, which waits for it and looks
 * idle: so the way begins at the side. Where what does not fit there is dropped, nobody waits for the side, and the way begins at the other.
 */
export function walksOf(window: Window): readonly Walk[] {
  return window.units
    .filter((unit) => unit.stage.kind === 'sink' && (unit.outputs.length === 0 || drops(unit)) && !unit.inputs.some(drops))
    .map((sink) => walkFrom(sink))
    .sort((a, b) => b.confidence - a.confidence)
}

/** A sink in whose turns a side is given what it has room for. */
function drops({ stage, members, outputs }: Unit): boolean {
  return stage.kind === 'sink' && outputs.length > 0 && members.some(({ kind, dropped }) => kind === 'operator' && dropped > 0)
}

/** Goes from a unit to what it waits for most, until that is no unit of the run. */
export function walkFrom(start: Unit): Walk {
  const path: Unit[] = []
  let confidence = 1
  for (let unit = start; ; ) {
    path.push(unit)
    const choices = choicesOf(unit).filter(({ next }) => next === undefined || !path.includes(next))
    const whole = choices.reduce((sum, { share }) => sum + share, 0)
    const [best] = choices.sort((a, b) => b.share - a.share)
    if (best === undefined || whole <= 0) return { unit, end: 'circle', by: '', path, confidence }
    confidence *= best.share / whole
    if (best.next === undefined) return { unit, end: best.end ?? 'event', by: best.by ?? '', path, confidence }
    unit = best.next
  }
}

function choicesOf(unit: Unit): Choice[] {
  const { shares, stage } = unit
  const { pause = 0, timer = 0, ...causes } = stage.limited
  const named = Object.entries(causes)
  const unnamed = Math.max(0, shares.limited - named.reduce((sum, [, share]) => sum + share, pause + timer))
  return [
    { share: shares.working + shares.blocked, end: 'loop' },
    ...callingChoices(unit),
    ...named.map(([by, share]): Choice => ({ share, end: by === 'permit' ? 'permit' : 'limit', by })),
    ...timerChoices(unit, timer + unnamed, shares.idle),
    towardsConsumer(unit, shares.backpressured),
  ]
}

/**
 * A stage that waits for its time is the culprit only as far as it holds its inputs back: a delay that is full does. A batch that is not full takes
 * whatever comes until its time is over, so what it lacks is input.
 */
function timerChoices(unit: Unit, timer: number, idle: number): Choice[] {
  if (unit.inputs.length === 0) return [{ share: timer, end: 'limit', by: 'timer' }, towardsInput(unit, idle)]
  const held = Math.min(timer, Math.max(...unit.inputs.map(({ shares, stage }) => shares.backpressured + (stage.calling['room'] ?? 0))))
  return [{ share: held, end: 'limit', by: 'timer' }, towardsInput(unit, idle + timer - held)]
}

/** Calls are waited for while there are as many as may be; else what keeps the next call from being made is. */
function callingChoices(unit: Unit): Choice[] {
  const { shares: { calling }, stage } = unit
  // The begin of a branch is a source that another stage feeds.
  if (stage.kind === 'source' && unit.inputs.length > 0) return [towardsInput(unit, calling)]
  if (!stage.calls || stage.calls.bound === null || stage.kind === 'source') return [{ share: calling, end: 'outside' }]
  const { slots = 0, order = 0, room = 0, permit = 0, retry = 0 } = stage.calling
  return [
    { share: slots, end: 'outside' },
    { share: order, end: 'order' },
    { share: permit, end: 'permit', by: 'permit' },
    { share: retry, end: 'limit', by: 'retry' },
    towardsConsumer(unit, room),
    towardsInput(unit, Math.max(0, calling - slots - order - permit - retry - room)),
  ]
}

function towardsInput(unit: Unit, share: number): Choice {
  const next = lacking(unit.inputs, unit.stage.ended)
  if (next) return { share, next }
  // A source by itself: a step that is always ready to be pulled cannot be waited for, so an event is.
  return { share, end: 'event' }
}

function towardsConsumer(unit: Unit, share: number): Choice {
  const next = mostLively(unit.outputs, unit.stage.ended)
  return next ? { share, next } : { share, end: 'outside' }
}

/**
 * The input that is waited for: the one that waits least for room.
 *
 * @param isOver what waits has ended, and so have those that it waited for. Else one that has ended is not waited for.
 */
export function lacking(inputs: readonly Unit[], isOver = false): Unit | undefined {
  return leastIn('backpressured', inputs, isOver)
}

/** The output that does not wait for input. */
export function mostLively(outputs: readonly Unit[], isOver = false): Unit | undefined {
  return leastIn('idle', outputs, isOver)
}

/** The unit that was in a state for the least part of the time; the first of equal ones. */
function leastIn(state: 'backpressured' | 'idle', units: readonly Unit[], isOver: boolean): Unit | undefined {
  let found: Unit | undefined
  for (const unit of units) {
    if (unit.stage.ended && !isOver) continue
    if (found === undefined || unit.shares[state] < found.shares[state]) found = unit
  }
  return found
}

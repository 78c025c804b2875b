import { type Run } from '@sluice/core'
import { macrotask } from '@sluice/core/authoring'
import type { EndingDraft } from './draft'
import type { World } from './world'

/** What is done to a run at its moment. */
export type Action = 'abort' | 'stop' | 'pause'

/** How a pipeline is to end. */
export type Ending =
  | { readonly kind: 'completes' }
  | { readonly kind: 'fails'; readonly after: number; readonly times: number }
  | { readonly kind: 'takes'; readonly count: number }
  | { readonly kind: Action; readonly joint: number; readonly pulls: number; readonly where: Where }

/** The ways in which a composition may end. */
export type EndingKind = Ending['kind']

type Where = 'inside' | 'microtask' | 'macrotask' | 'timer'

const WHERE: readonly Where[] = ['inside', 'microtask', 'macrotask', 'timer']

/** The ending of a draft. */
export function endingOf([kind, joint, after, where]: EndingDraft, allowed: readonly EndingKind[] | undefined): Ending {
  const ending = anyEnding([kind, joint, after, where])
  return allowed === undefined || allowed.includes(ending.kind) ? ending : { kind: 'completes' }
}

function anyEnding([kind, joint, after, where]: EndingDraft): Ending {
  if (kind <= 2) return { kind: 'completes' }
  if (kind <= 4) return { kind: 'fails', after, times: where < 2 ? Infinity : where - 1 }
  if (kind === 5) return { kind: 'takes', count: after }
  const action = kind <= 7 ? 'abort' : kind <= 10 ? 'stop' : 'pause'
  return { kind: action, joint, pulls: 1 + after, where: WHERE[where] ?? 'inside' }
}

/** The source text of what is done: inside the pull, or a little later. */
export function actionText({ kind, where }: Extract<Ending, { joint: number }>): string {
  const call = { abort: 'void run.abort(aborted)', stop: 'void run.stop()', pause: 'run.pause(); clock.after(3, () => run.resume())' }[kind]
  return {
    inside: `{ ${call} }`, microtask: `queueMicrotask(() => { ${call} })`, macrotask: `macrotask(() => { ${call} })`, timer: `clock.after(2, () => { ${call} })`,
  }[where]
}

/** Calls `act` where the ending says: now, or a little later. */
export function at(where: Where, world: World, act: () => void): void {
  if (where === 'inside') act()
  else if (where === 'microtask') void Promise.resolve().then(act)
  else if (where === 'macrotask') macrotask(act)
  else world.clock.after(2, act)
}

/** What a run came to that something was done to. */
export class Actor {
  /** The report of a stop, once there. */
  stopped: { readonly status: string; readonly abandoned: number } | undefined
  acted = false
  /** Something is still to settle: a stop's report, an abort. */
  #open = 0

  get settled(): boolean {
    return this.#open === 0
  }

  act(run: Run<unknown>, action: Action, world: World, reason: unknown): void {
    this.acted = true
    if (action === 'pause') {
      run.pause()
      world.clock.after(3, () => { run.resume() })
      return
    }
    this.#open++
    const done = (): void => { this.#open-- }
    if (action === 'abort') run.abort(reason).then(done, done)
    else run.stop().then((report) => { this.stopped = report; done() }, done)
  }
}

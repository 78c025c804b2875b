import { nackAll, type Intake, type Stage, type Tickets } from '@sluice/core/authoring'
import { BatchFailure } from './batch-failure'
import { Unsettled, type ItemFate } from './unsettled'

/** Says what became of an item of a batch: left out, or written, whatever becomes of the others. */
export type TellFate = (index: number, fate: ItemFate) => void

/** Where batches go, for one run. */
export interface BatchWriter<T, R> {
  /**
   * Called at once; nothing is written before it has settled. `fail` is for what goes wrong while nothing is being written:
   * a connection that is lost.
   */
  open?(fail: (error: unknown) => void): Promise<void>
  /**
   * Deals with a batch. A rejection fails the run; a {@link BatchFailure} says with which item.
   *
   * @param tell to be told of each item that is left out. All others are written when the promise resolves.
   */
  write(items: readonly T[], tell: TellFate): Promise<void>
  /** Everything was written: the result. */
  end(): R | Promise<R>
  /** The run has failed or was aborted: what is under way settles soon. */
  cut(reason: unknown): void
  /** After `cut`, when nothing is under way any more; awaited. */
  giveUp?(): Promise<void> | undefined
}

export interface BatchIntakeOptions {
  /** Items of one write, at most. */
  readonly batch: number
  /** Writes under way at once, at most. */
  readonly concurrency: number
  /** True where nothing is dealt with before `end`: one transaction. Tickets are held till then. */
  readonly ackAtEnd: boolean
}

/**
 * A sink that writes in batches, without ever waiting for one to fill: what has come while the writes before were under
 * way is the next batch.
 *
 * ```text
 *   values ─▶ [waiting: at most one batch] ─▶ write ┐
 *                                             write ┘ at most `concurrency`; full, it takes no more
 * ```
 *
 * Invariant: what waits is launched as soon as a write may begin, so nothing sits here while nothing is under way.
 */
export function batchIntake<T, R>(stage: Stage, options: BatchIntakeOptions, writer: BatchWriter<T, R>): Intake<T, R> {
  const { batch, concurrency, ackAtEnd } = options
  let waiting: T[] = []
  let waitingTickets: Tickets | null = null
  const unsettled = new Unsettled(stage)
  let opened = writer.open === undefined
  let running = 0
  let failed = false
  let over = false
  /** Who waits for room, or for the end of all writes. */
  let wait: { readonly satisfied: () => boolean; readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined
  let ending: Promise<unknown> | undefined

  const until = (satisfied: () => boolean): Promise<void> => new Promise((resolve, reject) => { wait = { satisfied, resolve, reject } })
  const room = (): boolean => waiting.length < batch
  const still = (): boolean => running === 0 && (over || waiting.length === 0)

  const look = (): void => {
    const waited = wait
    if (!waited?.satisfied()) return
    wait = undefined
    waited.resolve()
  }
  const fail = (failure: unknown): void => {
    if (failed || over) return
    failed = true
    const { error, item, attempt } = failure instanceof BatchFailure ? failure : new BatchFailure(failure, undefined)
    const waited = wait
    wait = undefined
    stage.fail(error, item, attempt)
    waited?.reject(error)
  }
  const launch = (): void => {
    while (opened && !failed && !over && running < concurrency && waiting.length > 0) {
      const items = waiting.length > batch ? waiting.splice(0, batch) : waiting
      if (items === waiting) waiting = []
      const tickets = waitingTickets?.splice(0, items.length) ?? null
      running++
      const fates = new Map<number, ItemFate>()
      writer.write(items, (index, fate) => { fates.set(index, fate) }).then(
        () => {
          running--
          unsettled.add(tickets, items.length, fates)
          if (!ackAtEnd) unsettled.settle()
          launch()
          look()
        },
        (error: unknown) => {
          running--
          settleFailed(stage, { items, tickets, fates, cutOff: over }, error)
          fail(error)
          look()
        },
      )
    }
  }
  if (writer.open) {
    running++
    writer.open(fail).then(
      () => {
        running--
        opened = true
        launch()
        look()
      },
      (error: unknown) => {
        running--
        fail(error)
        look()
      },
    )
  }

  return {
    settles: true,
    demand: () => Math.max(1, batch - waiting.length),
    write(values, count, tickets) {
      // Values before may have had none.
      if (tickets) waitingTickets ??= waiting.map(() => undefined)
      for (let i = 0; i < count; i++) {
        waiting.push(values[i] as T)
        waitingTickets?.push(tickets?.[i])
      }
      launch()
      return room() ? undefined : until(room)
    },
    async end() {
      if (!still()) await until(still)
      const finish = Promise.resolve(writer.end())
      ending = finish.catch(() => {})
      const result = await finish
      unsettled.settle()
      return result
    },
    async abort(reason) {
      over = true
      wait = undefined
      nackAll(waitingTickets, 0, waiting.length, reason)
      unsettled.giveBack(reason)
      waiting.length = 0
      writer.cut(reason)
      if (!still()) await until(still)
      await ending
      await writer.giveUp?.()
    },
  }
}

interface FailedBatch {
  readonly items: readonly unknown[]
  readonly tickets: Tickets | null
  readonly fates: ReadonlyMap<number, ItemFate>
  /** The run had ended: what fails then has not failed by itself. */
  readonly cutOff: boolean
}

/** Of a batch that failed: the item at fault has failed; what was with it was not dealt with. */
function settleFailed(stage: Stage, { items, tickets, fates, cutOff }: FailedBatch, failure: unknown): void {
  const { error, item } = failure instanceof BatchFailure ? failure : new BatchFailure(failure, undefined)
  const at = item === undefined ? -1 : items.indexOf(item)
  for (let i = 0; i < items.length; i++) {
    const fate = fates.get(i)
    if (fate) stage.settle(tickets?.[i], fate)
    else if (!cutOff && (at < 0 || i === at)) stage.giveUp(tickets?.[i], error)
    else tickets?.[i]?.nack(error)
  }
}

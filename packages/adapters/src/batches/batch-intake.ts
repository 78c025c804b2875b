import { ackAll, nackAll, type Intake, type Stage, type Ticket, type Tickets } from '@sluice/core'

/** Where batches go, for one run. */
export interface BatchWriter<T, R> {
  /**
   * Called at once; nothing is written before it has settled. `fail` is for what goes wrong while nothing is being written:
   * a connection that is lost.
   */
  open?(fail: (error: unknown) => void): Promise<void>
  /** Deals with a batch. A rejection fails the run; a {@link BatchFailure} says with which item. */
  write(items: readonly T[]): Promise<void>
  /** Everything was written: the result. */
  end(): R | Promise<R>
  /** The run has failed or was aborted: what is under way settles soon. */
  cut(reason: unknown): void
  /** After `cut`, when nothing is under way any more; awaited. */
  giveUp?(): Promise<void> | undefined
}

/** A failure that knows the item at fault. */
export class BatchFailure {
  constructor(
    readonly error: unknown,
    readonly item: unknown,
    readonly attempt = 1,
  ) {}
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
  const unsettled: Ticket[] = []
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
  const settle = (tickets: Tickets | null): void => {
    if (!tickets) return
    if (!ackAtEnd) ackAll(tickets, tickets.length)
    else for (const ticket of tickets) if (ticket) unsettled.push(ticket)
  }
  const launch = (): void => {
    while (opened && !failed && !over && running < concurrency && waiting.length > 0) {
      const items = waiting.length > batch ? waiting.splice(0, batch) : waiting
      if (items === waiting) waiting = []
      const tickets = waitingTickets?.splice(0, items.length) ?? null
      running++
      writer.write(items).then(
        () => {
          running--
          settle(tickets)
          launch()
          look()
        },
        (error: unknown) => {
          running--
          nackAll(tickets, 0, items.length, error instanceof BatchFailure ? error.error : error)
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
      for (let i = 0; i < count; i++) waiting.push(values[i] as T)
      if (tickets) {
        waitingTickets ??= []
        for (let i = 0; i < count; i++) waitingTickets.push(tickets[i])
      }
      launch()
      return room() ? undefined : until(room)
    },
    async end() {
      if (!still()) await until(still)
      const finish = Promise.resolve(writer.end())
      ending = finish.catch(() => {})
      const result = await finish
      ackAll(unsettled, unsettled.length)
      unsettled.length = 0
      return result
    },
    async abort(reason) {
      over = true
      wait = undefined
      nackAll(waitingTickets, 0, waiting.length, reason)
      nackAll(unsettled, 0, unsettled.length, reason)
      unsettled.length = waiting.length = 0
      writer.cut(reason)
      if (!still()) await until(still)
      await ending
      await writer.giveUp?.()
    },
  }
}

import { type Operator, type Sink, type Source } from '@sluice/core'
import { DONE, issueTicket, PENDING, sink, source, type Tickets } from '@sluice/core/authoring'
import { VirtualClock } from '@sluice/testing'

/** A value, and when it comes or came. */
export interface Timed<T> {
  readonly at: number
  readonly value: T
}

/** The test's side of a {@link timeline}. */
export interface Timeline<T> {
  readonly source: Source<T>
  /** How often each ticket was settled, by the index of its value, of those handed out. A law says: once. */
  readonly settlements: number[]
}

/**
 * A source that waits for nobody, as a sensor does: its values come at times of the run's clock, each with a ticket, and
 * pile up while nobody takes them. Its times count from when it is opened.
 *
 * @param end when it ends; with `error`, how.
 */
export function timeline<T>(arrivals: readonly Timed<T>[], end: { readonly at: number; readonly error?: Error | undefined }): Timeline<T> {
  const settlements: number[] = []
  const timed = source<T>('timeline', (stage) => {
    const { clock, scheduler } = stage.scope
    const start = clock.now()
    const tickets: Tickets = []
    let arrived = 0
    let given = 0
    let ended = false
    let cancel = (): void => {}
    const arm = (): void => {
      const next = arrivals[arrived]
      cancel = clock.after(start + (next?.at ?? end.at) - clock.now(), () => {
        if (next === undefined) ended = true
        else {
          arrived++
          arm()
        }
        scheduler.dispatch(stage.wake)
      })
    }
    arm()
    return {
      tickets,
      pull(into, limit) {
        const count = Math.min(limit, arrived - given)
        for (let i = 0; i < count; i++) {
          const index = given++
          into[i] = (arrivals[index] as Timed<T>).value
          settlements[index] = 0
          tickets[i] = issueTicket(stage, () => { settlements[index] = (settlements[index] ?? 0) + 1 })
        }
        if (count > 0) return count
        if (ended && end.error) throw end.error
        return ended ? DONE : PENDING
      },
      close: () => { cancel() },
    }
  })
  return { source: timed, settlements }
}

/** Random arrivals, `gapMs` apart on average. No two things a test times with whole numbers happen at the same time. */
export function randomArrivals(random: () => number, count: number, gapMs: number): Timed<number>[] {
  let at = 0
  return Array.from({ length: count }, (_, index) => {
    at += Math.floor(random() * 2 * gapMs)
    return { at: at + (index + 1) / 1024, value: index }
  })
}

/** Writes down what arrives, and when; takes `busyMs` for each value before it wants the next one. */
export function timedSink<T>(clock: VirtualClock, into: Timed<T>[], busyMs: () => number = () => 0): Sink<T, void> {
  return sink<T, void>('timed', () => ({
    demand: () => 1,
    write(values) {
      into.push({ at: clock.now(), value: values[0] as T })
      const busy = busyMs()
      return busy > 0 ? clock.sleep(busy) : undefined
    },
    end() {},
  }))
}

/** What comes out of an operator, and when, given what comes in and when; under a clock of its own. */
export async function seen<A, B>(
  arrivals: readonly (readonly [at: number, value: A])[],
  endAt: number,
  operator: Operator<A, B>,
): Promise<(readonly [at: number, value: B])[]> {
  const clock = new VirtualClock()
  const out: Timed<B>[] = []
  const { source: values } = timeline(arrivals.map(([at, value]) => ({ at, value })), { at: endAt })
  await clock.runOut(values.pipe(operator).to(timedSink(clock, out)).run({ clock }))
  return out.map(({ at, value }) => [at, value] as const)
}

/** The same times, to a ten-thousandth of a ms: sums of fractions differ in their last bits. */
export function rounded<T>(list: readonly Timed<T>[]): Timed<T>[] {
  return list.map(({ at, value }) => ({ at: Math.round(at * 1e4) / 1e4, value }))
}

/** Resolves when a run has settled: with what it rejected with, or undefined. */
export function settled(run: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(run).then(() => undefined, (error: unknown) => error)
}

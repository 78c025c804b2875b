import { from, Topic, type Pullable, type Source, type SubscribeOptions } from '@sluice/core'
import { anything, coded, declare, DONE, maybeFn, PENDING, source, tell, unseen, whole } from '@sluice/core/authoring'
import { SharedRun } from './shared-run'

const SHARE = /* @__PURE__ */ declare('share', () => ({ options: { capacity: whole().or(16), replay: whole(0).or(0), startAt: whole().or(1), policy: anything, lag: anything, disconnectAfterMs: anything, onDrop: maybeFn } }), ({ capacity }) => ({ tickets: 'ended', holds: capacity }))

/** What a reader of a shared source may choose. */
export type ReaderOptions<T> = Pick<SubscribeOptions<T>, 'policy' | 'lag' | 'disconnectAfterMs' | 'onDrop' | 'replay'>

/** Options of {@link share}. Those of a reader are the default for all. */
export interface ShareOptions<T> extends ReaderOptions<T> {
  /** How far the slowest reader may be behind the fastest, in values, 1 or more. Default 16. */
  readonly capacity?: number | undefined
  /** How many past values a latecomer starts with, 0 up to `capacity`. Default 0. */
  readonly replay?: number | undefined
  /** The source is not read before so many readers are there, 1 or more. Default 1. */
  readonly startAt?: number | undefined
  readonly name?: string | undefined
}

/** A source that many runs read at once. */
export interface SharedSource<T> extends Source<T> {
  /** The same source, for a reader with a policy of its own. */
  reader(options: ReaderOptions<T>): Source<T>
}

/**
 * Makes one run of a source serve many readers: each gets every value from when it began to read.
 *
 * - **emits** the values in order, to every reader; a latecomer starts with the last `replay` ones
 * - **holds back** while no reader waits for a value, and while a reader with the policy `wait` (the default) is
 *   `capacity` values behind: one that does not read holds the others. With `drop-oldest` or `drop-newest` it loses
 *   values instead (`onDrop`), with `disconnect` its run fails with a SlowSubscriberError
 * - **completes** when the source does. The source is read from the first reader on; when the last one has left it is
 *   closed, and the next reader begins anew. Who comes between its end and then gets the last values and the end
 * - **buffers** at most `capacity` values for all readers together; nothing is read that no reader has asked for
 * - **on failure** of the source every reader gets what it has coming, then the failure, told where it began
 * - **on abort** of a reader the others go on; that of the last one closes the source and is waited for
 *
 * The source runs in a run of its own, on the clock and scheduler of the reader that started it. A ticket of its values
 * is acknowledged when all readers can have the value: what becomes of it there is not waited for.
 *
 * Two readers in one run may block each other, as in `zip(s, s.pipe(batch(3)))` with a small `capacity`: that run fails with a
 * DeadlockError. A circle through a second `share`, and a `startAt` that is never reached, are not seen: such a run waits.
 *
 * ```marble
 * in       -1-2-3-|
 *          share(in)
 * first    -1-2-3-|
 * second   ---2-3-|       (came after 1)
 * ```
 *
 * @param input anything `from` takes; what can be read once only serves until the last reader leaves.
 * @param options `capacity` (default 16), `replay` (0), `startAt` (1), `policy` (`'wait'`), `lag`, `disconnectAfterMs`,
 * `onDrop`, `name`.
 * @throws OptionError where an option is wrong; TypeError without a source.
 *
 * @example
 * ```ts
 * const shared = share(range(1, 3), { startAt: 2 })
 * await Promise.all([shared.to(toArray()).run(), shared.pipe(map((n) => -n)).to(toArray()).run()]) // [[1, 2, 3], [-1, -2, -3]]
 * ```
 */
export function share<T>(input: Pullable<T>, options?: ShareOptions<T>): SharedSource<T> {
  const given = SHARE.read(options)
  const { name, capacity, replay, startAt, policy, lag, disconnectAfterMs, onDrop } = given
  // In RxJS `share()` stands in a pipe.
  if ((input as unknown) === undefined) throw coded('SLUICE_ARGUMENT', new TypeError('share: expected a source: const shared = share(source). It stands in no pipe(...), because all runs have to read the same one'))
  const plan = { name, source: from(input), capacity, replay, startAt }
  let current: SharedRun<T> | undefined

  const reading = (wanted: ReaderOptions<T>): Source<T> => {
    // Whoever makes a topic and subscribes knows what is wrong with an option.
    unseen(() => new Topic<T>({ name: 'share', capacity, replay })).subscribe({ ...wanted, name: 'share' }).close()
    return tell(source<T>(name, (stage) => {
      const shared = (current ??= new SharedRun<T>(plan, stage))
      const reader = shared.join(wanted, stage)
      const outlet = reader.subscription.open(stage.scope, stage.wake)
      /** What it had coming when its run was stopped, the next one last. */
      let rest: T[] | undefined
      const leave = (): Promise<void> | undefined => {
        const ending = shared.leave(reader)
        if (shared.empty && current === shared) current = undefined
        return ending
      }
      let ending: Promise<void> | undefined
      /** Its run is being stopped, and nothing has been done about that. */
      let stopping = false
      /** Its run is being stopped: it reads on to the end where all readers do, else it leaves with what it had coming. */
      const stopReading = (): void => {
        stopping = false
        if (shared.stop()) {
          // A reader that comes from now on begins another run.
          if (current === shared) current = undefined
          return
        }
        const held: T[] = []
        const count = reader.subscription.size === 0 ? 0 : reader.subscription.drainInto(held, capacity)
        held.length = count
        rest = held.reverse()
        ending = leave()
      }
      return {
        get live() { return shared.live },
        pull(into, limit) {
          if (stopping) stopReading()
          if (rest) return takeLast(rest, into, limit)
          let count: number
          try {
            count = outlet.pull(into, limit)
          } catch (error) {
            throw shared.failure(error, stage)
          }
          if (count > 0) shared.took(reader)
          else if (count === PENDING) shared.want(reader, limit, stage)
          return count
        },
        halt() {
          reader.stopped = stopping = true
          // All readers of a run are told of its stop before one of them is pulled.
          return shared.begun
        },
        close: () => leave() ?? ending,
      }
    }), SHARE, given, [plan.source])
  }
  return Object.assign(reading({ policy, lag, disconnectAfterMs, onDrop }), { reader: reading })
}

function takeLast<T>(rest: T[], into: T[], limit: number): number {
  const count = Math.min(limit, rest.length)
  for (let i = 0; i < count; i++) into[i] = rest.pop() as T
  return count > 0 ? count : DONE
}

import { Feed, PENDING, type Keeper, type Openable, type Puller, type Stage, type StageState, type Ticket } from '@sluice/core/authoring'
import type { Dealer, HubOptions } from './dealer'
import { Dealing } from './dealing'
import { Lane, type LaneOwner } from './lane'
import { Notices } from './notices'
import { OthersFirst } from './others-first'
import { Patience } from './patience'
import type { LanePolicy } from './slow-branch'
import { CONSUMERS_DONE, FanOutInput } from './fan-out-input'

/**
 * The side of a fan-out that reads: a task that pulls what its branches ask for, and deals it out.
 *
 * ```text
 *                            ┌─▶ lane ─▶ branch
 *   upstream ◀─pull─ task ─deal─▶ lane ─▶ branch      lanes tell the task what is asked for
 *                            └─▶ lane ─▶ branch
 * ```
 *
 * Nothing is read unless some branch asks.
 */
export class Hub<A> implements Puller<never>, LaneOwner, Keeper<A> {
  readonly lanes: readonly Lane<unknown>[]
  /** Why all branches fail: what upstream, or an item, failed with. */
  failure: { readonly error: unknown } | undefined
  readonly stage: Stage
  readonly #policy: LanePolicy
  readonly #feed: Feed<A>
  readonly #input: FanOutInput<A>
  readonly #dealer: Dealer<A>
  readonly #dealing: Dealing<A>
  readonly #notices: Notices<A>
  readonly #patience: Patience | undefined
  readonly #onCut: (lane: number) => void
  readonly #othersFirst: OthersFirst
  /** In this very turn a lane had no room for the first of what is left. */
  #isStuck = false
  /** All was dealt out, or failed: the branches are told. */
  #finished = false
  #closed = false
  /** Branches that neither left nor were cut off. */
  #live: number

  constructor(upstream: Openable<A>, stage: Stage, options: HubOptions<A>, onCut: (lane: number) => void) {
    const { policy, onError, onDrop, onDisconnect } = options
    this.stage = stage
    this.#policy = policy
    this.#onCut = onCut
    let input!: FanOutInput<A>
    this.#feed = new Feed<A>(stage, this, (wake) => (input = new FanOutInput(stage.open(upstream, wake))))
    this.#input = input
    this.#othersFirst = new OthersFirst(stage, this.#feed.wake)
    this.lanes = Array.from({ length: options.lanes }, () => new Lane<unknown>(this, policy))
    this.#live = options.lanes
    this.#notices = new Notices(onDrop, onDisconnect)
    this.#dealer = options.dealer(this)
    const fail = this.#fail.bind(this)
    this.#dealing = new Dealing(stage, this.#input, this.#dealer, this.#notices, onError, fail, this.#feed.wake)
    const holds = (lane: Lane<unknown>): boolean => this.#finished || (!this.#input.isOver && this.#dealer.heldBy(lane))
    this.#patience = policy.patienceMs === undefined ? undefined
      : new Patience(stage, policy.patienceMs, this.lanes, holds, (late) => { this.#cut(late) })
  }

  /** Nobody pulls it: its values come out of its lanes. */
  pull(): number {
    return PENDING
  }

  close(): void {
    this.#closed = true
    this.#finished = false
    this.stopReading()
  }

  asked(): void {
    this.#othersFirst.gotOn()
    if (this.#input.isOver) return
    this.#feed.start()
    this.#feed.wake()
  }

  took(): void {
    this.#othersFirst.gotOn()
    // Room in a buffer may be what others wait for; without one, that is known when the branch asks again.
    if (this.#policy.capacity > 0) this.asked()
  }

  left(): boolean {
    this.#live--
    if (this.#live === 0) this.stopReading()
    this.asked()
    return this.#live > 0 && !this.#closed && !this.failure
  }

  /** True where the branches finish before the operator fails; what may lose values anyway has nothing to wait for. */
  get finishesFirst(): boolean {
    return !this.#policy.lossy
  }

  /** A branch has ended, whether or not it has ever read its lane. */
  leave(index: number): void {
    this.lanes[index]?.close(CONSUMERS_DONE)
  }

  /** Reads nothing any more. What was read and not dealt out is given back. */
  stopReading(error?: unknown): void {
    this.#feed.end()
    this.#dealing.close()
    this.#input.close(error)
    this.#patience?.cancel()
  }

  /** A value that a branch loses, with its share of the ticket. */
  drop(value: A, lane: number, ticket: Ticket | undefined): void {
    this.stage.settle(ticket, 'dropped')
    this.#notices.dropped(value, lane)
  }

  room(): number | StageState {
    if (this.#dealing.isDeciding) return 'busy'
    if (!this.#input.isEmpty() && !this.#deal()) return this.#hold()
    if (this.#input.isOver) return 'idle'
    const room = this.#dealer.room()
    if (room < 1) return this.#hold()
    // A lane that does not wait may only need its turn: what it loses, it loses being busy.
    if (this.#policy.lossy && this.lanes.some(({ live, waiting }) => live && !waiting) && this.#othersFirst.mustWait()) return 'busy'
    return room
  }

  /** What was read is with `#input` already. */
  take(): boolean {
    this.#isStuck = !this.#deal()
    return false
  }

  ended(): void {
    this.#finish(undefined)
  }

  failed(error: unknown): void {
    this.#finish({ error })
  }

  turned(state: StageState): StageState {
    this.#isStuck = false
    return this.#dealing.isDeciding ? 'busy' : state
  }

  /** Deals out what is left; false where a lane is not ready, or an item has to be waited for. */
  #deal(): boolean {
    // The lanes were asked when the values came, and none of them has had a turn since.
    const isStuck = this.#isStuck
    this.#isStuck = false
    if (isStuck) return false
    const dealt = this.#dealing.deal()
    for (const lane of this.lanes) lane.notify()
    return dealt
  }

  #fail(error: unknown, item: unknown, attempt: number): void {
    if (this.#input.isOver) return
    this.stage.fail(error, item, attempt)
    this.#finish({ error })
  }

  #finish(failure: { readonly error: unknown } | undefined): void {
    this.failure = failure
    this.stopReading(failure?.error)
    this.#finished = true
    for (const lane of this.lanes) lane.finish(failure)
    this.#patience?.watch()
  }

  /** It rests because of its branches. */
  #hold(): StageState {
    if (this.#dealing.isTrying) return 'busy'
    this.#patience?.watch()
    return 'backpressured'
  }

  /** Branches that others have waited for too long are cut off: while they hold them, and at the end. */
  #cut(late: readonly number[]): void {
    for (const index of late) {
      this.#live--
      this.lanes[index]?.cut((value, ticket) => { this.drop(value as A, index, ticket) })
      this.#onCut(index)
      this.#notices.disconnected(index)
    }
    const { broken } = this.#notices
    if (broken) this.#fail(broken.error, broken.item, 1)
    if (this.#live === 0) this.stopReading()
    if (this.#finished) this.#patience?.watch()
    else this.stage.scope.scheduler.dispatch(this.#feed.wake)
  }
}

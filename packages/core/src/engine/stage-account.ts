import type { AckFate, Fate } from '../contract/fate'
import type { Adjustable, JointMeasure, LimitCause, QueueProbe, WaitKind } from '../contract/stage'
import { Meter } from '../accounting/meter'
import type { Ticket, Tickets } from '../contract/ticket'
import { usedBy } from '../copies/parts'
import type { About, Told } from '../options/about'
import type { Site } from '../site/site'
import { joinInto, plainTicket, Shares } from './shares'
import type { RunScope } from './run-scope'
import type { StageTaps } from './stage-taps'
import { noFates, type FateCounts } from './totals'

/**
 * What a stage counts, and how it ends values: the part of a stage that knows nothing of pulls.
 *
 * Invariant: every value that ends at the stage is counted once: by its ticket, or where it has none in `fates`, or in the
 * totals of the run once the stage has left it.
 */
export abstract class StageAccount {
  readonly scope: RunScope
  readonly name: string
  /** Where the program built it; undefined for a part of a stage that has a place. */
  readonly site: Site | null | undefined
  /** What it was declared as, and given. Without its inputs: a run that is kept is not to keep what it has read. */
  readonly declaration: About['declaration']
  readonly given: About['given']
  /** What it shares with other pipelines. */
  readonly uses: About['uses']
  queue: QueueProbe | undefined
  /** What measures it, where it can be measured. */
  joint: JointMeasure | undefined
  /** What user code is looking at. */
  item: unknown = undefined
  /** Who looks at what it hands on, while it still counts as being pulled: they may end the run. Absent while nobody does. */
  taps: StageTaps | undefined = undefined
  /** Opened in the middle of a run, as an inner source is. */
  abstract readonly inner: boolean
  meter: Meter | undefined
  sampledMs = -0
  /** Values handed on. The one count that other classes write, once a batch: a call would cost a fused chain a tenth. */
  out = 0
  /** Values that came from inputs which have left the run. */
  cameFromGone = 0
  #dropped = 0
  #errors = 0
  #retries = 0
  #deadLettered = 0
  #overruns = 0
  #undecided = 0
  /** Plain values that ended at this stage, by their fate; made for the first of them. */
  fates: FateCounts | undefined
  /** Values that the stage has made of no other. */
  makes = 0
  /** Answers the figures that only stages of this kind have. */
  detail: (() => Readonly<Record<string, number | string>> | undefined) | undefined
  /** What of it may be changed while it is at work. */
  adjustable: Adjustable | undefined = undefined
  /** A source whose values come from outside the run, and not from a source that it opened. */
  isLeaf: boolean
  /** The run keeps no list of this stage any more. */
  hasLeft = false
  /** Takes values that no source gave: letters about them. Their fates are counted where they were given up. */
  isAside = false

  constructor(scope: RunScope, name: string, isLeaf: boolean, told: Told | undefined) {
    this.scope = scope
    this.name = name
    this.site = told?.site
    this.declaration = told?.about?.declaration
    this.given = told?.about?.given
    this.queue = this.joint = undefined
    this.uses = told?.about?.uses
    if (told?.about !== undefined) usedBy(this, told.about)
    this.isLeaf = isLeaf
  }

  get dropped(): number {
    return this.#dropped
  }

  /** Failures, whatever was decided about them. */
  get errors(): number {
    return this.#errors
  }

  get retries(): number {
    return this.#retries
  }

  get deadLettered(): number {
    return this.#deadLettered
  }

  /** Calls that went on when their time was over, or when the stage had ended. */
  get overruns(): number {
    return this.#overruns
  }

  /** Items that failed and are not decided about: a letter is being written, or the wait before the next try is not over. */
  get undecided(): number {
    return this.#undecided
  }

  show(read: () => Readonly<Record<string, number | string>> | undefined): void {
    this.detail = read
  }

  adjusts(by: Adjustable): void {
    this.adjustable = by
  }

  expose(queue: QueueProbe): void {
    this.queue = queue
    this.joint = queue.measure?.(this.scope.clock)
  }

  drop(count: number): void {
    this.#dropped += count
  }

  /** Something has failed at the stage. */
  erred(): void {
    this.#errors++
  }

  /** A failed item is tried again. */
  retried(): void {
    this.#retries++
  }

  /** The letter about a failed item was written. */
  lettered(): void {
    this.#deadLettered++
  }

  /** An item waits for its decision, or waits no longer. */
  awaitsDecision(change: 1 | -1): void {
    this.#undecided += change
  }

  settle(ticket: Ticket | undefined, fate: AckFate, reason = this.name): void {
    if (fate === 'dropped') this.#dropped++
    // Where it was delivered nobody is told: what is kept of a reason took a broadcast to `forEach` a tenth of its time.
    if (fate === 'delivered' && ticket instanceof Shares) ticket.delivered(1)
    else if (ticket) ticket.ack(fate, reason)
    else this.#count(1, fate, reason)
  }

  settleCount(count: number, fate: Fate): void {
    if (fate === 'dropped') this.#dropped += count
    this.#count(count, fate, this.name)
  }

  made(count: number): void {
    if (this.hasLeft) this.scope.totals.made(count)
    else this.makes += count
  }

  giveUp(ticket: Ticket | undefined, error: unknown): void {
    if (ticket) ticket.nack(error, 'failed', this.name)
    else this.#count(1, 'failed', this.name)
  }

  join(tickets: Tickets | null | undefined, count: number): Ticket | undefined {
    return joinInto(this.scope.totals, tickets, count)
  }

  share(ticket: Ticket | undefined, shares: number): Ticket {
    if (ticket === undefined) return plainTicket(this.scope.totals, shares)
    if (shares > 1) ticket.split(shares - 1)
    return ticket
  }

  /** The first `count` values of a batch were written. */
  delivered(tickets: Tickets | null | undefined, count: number): void {
    this.out += count
    let plain = count
    if (tickets) {
      for (let i = 0; i < count; ) {
        const ticket = tickets[i]
        let shares = 1
        // What one value became stands side by side: settling its shares at once halves the time of `batch-flatten`.
        while (i + shares < count && tickets[i + shares] === ticket) shares++
        i += shares
        if (ticket === undefined) continue
        plain -= shares
        if (ticket instanceof Shares) ticket.delivered(shares)
        else for (; shares > 0; shares--) ticket.ack()
      }
    }
    if (plain > 0) this.#count(plain, 'delivered', this.name)
  }

  /** A stage that has left its run counts there, and not here, where nobody looks any more. */
  #count(count: number, fate: Fate, reason: string): void {
    if (this.isAside) return
    if (reason !== this.name || this.hasLeft) {
      this.scope.totals.add(fate, count, reason)
      return
    }
    const fates = (this.fates ??= noFates())
    // These two are counted once a batch; by its name a field costs 20 ns.
    if (fate === 'delivered') fates.delivered += count
    else if (fate === 'absorbed') fates.absorbed += count
    else fates[fate] += count
  }

  overrun(): void {
    this.#overruns++
    this.scope.cleanups.unstopped.add(this.name)
  }

  /** The stage's clock; made for the stages that own a task. */
  clocked(): Meter {
    // A stage without a task has a clock when it waits first.
    return (this.meter ??= new Meter(this, this.inner ? undefined : this.scope.openedAt))
  }

  waitFor(what: WaitKind): () => void {
    const over = this.scope.tasks.waitFor()
    if (what === 'call' || what === 'external') return over
    const free = this.clocked().limit(what)
    return () => {
      over()
      free()
    }
  }

  after(delayMs: number, callback: () => void, cause: LimitCause = 'timer'): (wasForInput?: boolean) => void {
    const { clock } = this.scope
    const meter = this.clocked()
    const free = meter.limit(cause)
    const due = clock.now() + delayMs
    const cancel = clock.after(delayMs, () => {
      meter.wasDue(due)
      free()
      callback()
    })
    return (wasForInput) => {
      cancel()
      free(wasForInput)
    }
  }
}

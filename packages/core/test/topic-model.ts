import { FakeClock } from './fake-clock'
import type { LagPolicy } from '../src/topic/subscribe-options'

/** How a call came out: its value, or the name of its error; undefined while it waits. */
export type Settled = { readonly value: unknown } | { readonly error: string }

interface Call {
  value: number
  settle(outcome: Settled): void
  isOver: boolean
}

export interface ModelSubscription {
  policy: LagPolicy
  lag: number
  graceMs: number
  wants: (value: number) => boolean
  unread: number[]
  lost: number[]
  takers: Call[]
  end: string | undefined
  cancelGrace: (() => void) | undefined
}

/** What a topic should do, with an array per subscriber and a look at all of them at every step. For tests. */
export class TopicModel {
  readonly clock = new FakeClock()
  readonly subscriptions: ModelSubscription[] = []
  publishers: Call[] = []
  past: number[] = []
  end: string | undefined
  private pumping = false

  constructor(
    readonly replay: number,
    readonly waits: boolean,
  ) {}

  subscribe(options: Pick<ModelSubscription, 'policy' | 'lag' | 'graceMs' | 'wants'> & { replay: number }): void {
    const count = Math.min(options.replay, options.lag, this.past.length)
    const unread = this.past.slice(this.past.length - count)
    const subscription = { ...options, unread, lost: [], takers: [], end: undefined, cancelGrace: undefined }
    this.subscriptions.push(subscription)
    this.look(subscription)
    this.pump()
  }

  publish(value: number, settle: (outcome: Settled) => void, timeoutMs: number | undefined): () => void {
    if (this.end !== undefined) settle({ error: this.end })
    else if (this.tryPublish(value)) settle({ value: undefined })
    else return this.wait(this.publishers, value, settle, timeoutMs)
    return () => undefined
  }

  tryPublish(value: number): boolean {
    if (this.end !== undefined || this.publishers.length > 0) return false
    if (!this.isBlocked()) this.accept(value)
    else {
      this.startGrace()
      return false
    }
    return true
  }

  take(subscription: ModelSubscription, settle: (outcome: Settled) => void, timeoutMs: number | undefined): () => void {
    if (subscription.takers.length === 0 && this.look(subscription)) settle({ value: this.read(subscription) })
    else if (subscription.end !== undefined) settle({ error: subscription.end })
    else return this.wait(subscription.takers, 0, settle, timeoutMs)
    return () => undefined
  }

  read(subscription: ModelSubscription): number {
    const value = subscription.unread.splice(0, 1)[0] ?? NaN
    this.moved(subscription)
    return value
  }

  drain(subscription: ModelSubscription, limit: number): number[] {
    const values: number[] = []
    if (!this.look(subscription)) return values
    while (values.length < limit && subscription.unread.length > 0) {
      const value = subscription.unread.splice(0, 1)[0] ?? NaN
      if (subscription.wants(value)) values.push(value)
    }
    this.moved(subscription)
    return values
  }

  look(subscription: ModelSubscription): boolean {
    while (subscription.end === undefined && subscription.unread.length > 0) {
      const first = subscription.unread.findIndex(subscription.wants)
      if (first === 0) return true
      subscription.unread = first < 0 ? [] : subscription.unread.slice(first)
      this.moved(subscription)
    }
    if (this.end !== undefined) this.finish(subscription, this.end)
    return false
  }

  finish(subscription: ModelSubscription, end: string): void {
    if (subscription.end !== undefined) return
    subscription.end = end
    subscription.unread = []
    subscription.cancelGrace?.()
    for (const taker of subscription.takers.splice(0)) taker.settle({ error: end })
    this.pump()
  }

  finishAll(end: string): void {
    if (this.end !== undefined) return
    this.end = end
    for (const publisher of this.publishers.splice(0)) publisher.settle({ error: end })
    for (const subscription of this.subscriptions) {
      subscription.cancelGrace?.()
      this.look(subscription)
    }
  }

  private get live(): ModelSubscription[] {
    return this.subscriptions.filter((subscription) => subscription.end === undefined)
  }

  private holds(subscription: ModelSubscription): boolean {
    const mayHold = subscription.policy === 'wait' || subscription.graceMs > 0
    return mayHold && subscription.unread.length >= subscription.lag
  }

  private isBlocked(): boolean {
    return this.live.length === 0 ? this.waits : this.live.some((subscription) => this.holds(subscription))
  }

  private accept(value: number): void {
    if (this.replay > 0) this.past = [...this.past, value].slice(-this.replay)
    for (const subscription of this.live) {
      const isFull = subscription.unread.length >= subscription.lag
      if (isFull && subscription.policy === 'disconnect') this.cutOff(subscription)
      else if (isFull && subscription.policy === 'drop-newest') this.lose(subscription, [value])
      else {
        if (isFull) this.lose(subscription, subscription.unread.splice(0, 1))
        subscription.unread.push(value)
      }
    }
    for (const subscription of this.live) {
      while (subscription.takers.length > 0 && this.look(subscription)) {
        const taker = subscription.takers.splice(0, 1)[0]
        taker?.settle({ value: this.read(subscription) })
      }
    }
    for (const subscription of this.live) if (subscription.unread.length >= subscription.lag) this.look(subscription)
  }

  private lose(subscription: ModelSubscription, values: number[]): void {
    subscription.lost.push(...values.filter(subscription.wants))
  }

  private cutOff(subscription: ModelSubscription): void {
    this.lose(subscription, subscription.unread)
    this.finish(subscription, 'SlowSubscriberError')
  }

  private startGrace(): void {
    for (const one of this.live) {
      if (one.graceMs > 0 && this.holds(one)) one.cancelGrace ??= this.clock.after(one.graceMs, () => {
        this.cutOff(one)
      })
    }
  }

  private moved(subscription: ModelSubscription): void {
    subscription.cancelGrace?.()
    subscription.cancelGrace = undefined
    if (this.end !== undefined) this.look(subscription)
    this.pump()
  }

  private pump(): void {
    if (this.pumping) return
    this.pumping = true
    while (this.publishers.length > 0 && !this.isBlocked()) {
      const call = this.publishers.splice(0, 1)[0]
      call?.settle({ value: undefined })
      this.accept(call?.value ?? NaN)
    }
    this.pumping = false
    if (this.publishers.length > 0) this.startGrace()
  }

  private wait(line: Call[], value: number, settle: (outcome: Settled) => void, timeoutMs: number | undefined): () => void {
    let cancelTimer: (() => void) | undefined
    const call: Call = {
      value,
      isOver: false,
      settle(outcome) {
        call.isOver = true
        cancelTimer?.()
        settle(outcome)
      },
    }
    const leave = (error: string): void => {
      const place = line.indexOf(call)
      if (place < 0) return
      line.splice(place, 1)
      call.settle({ error })
    }
    line.push(call)
    if (timeoutMs !== undefined) cancelTimer = this.clock.after(timeoutMs, () => {
      leave('TimeoutError')
    })
    return () => {
      leave('Left')
    }
  }
}

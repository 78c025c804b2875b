import { type Context, createContextKey, type Span } from '@opentelemetry/api'
import type { CheckedItemSpans } from './item-options'

/** Under this key the context of a run, and of its values, has the items of that run. */
const RUN_ITEMS = /* @__PURE__ */ createContextKey('sluice: the items of the run')

/**
 * The spans of the items of one run.
 *
 * Invariant: at most `perSecond` spans begin in a second, one second's worth at most at once; none is open when the run's span has ended.
 */
export class RunItems {
  readonly run: Span
  readonly #options: CheckedItemSpans
  readonly #open = new Set<Span>()
  #due: number
  #at = performance.now()
  /** Spans that were begun, and calls that had none because the sample, or the bound, left them out. */
  begun = 0
  leftOut = 0

  constructor(run: Span, options: CheckedItemSpans) {
    this.run = run
    this.#options = options
    this.#due = options.perSecond
  }

  /** Whether the next call has a span. */
  admits(): boolean {
    const { sample, perSecond } = this.#options
    if (sample === 1 || Math.random() < sample) {
      const now = performance.now()
      this.#due = Math.min(perSecond, this.#due + (perSecond * (now - this.#at)) / 1000)
      this.#at = now
      if (this.#due >= 1) {
        this.#due--
        this.begun++
        return true
      }
    }
    this.leftOut++
    return false
  }

  opened(span: Span): void {
    this.#open.add(span)
  }

  /** Answers whether it was still open. */
  closes(span: Span): boolean {
    return this.#open.delete(span)
  }

  /** The run has ended: calls that have not come back were left behind. */
  close(): void {
    for (const span of this.#open) span.setAttribute('sluice.item.outcome', 'left behind').end()
    this.#open.clear()
    this.run.setAttributes({ 'sluice.run.item_spans': this.begun, 'sluice.run.items_without_span': this.leftOut })
  }
}

/** The items of the run in whose context this is. */
export function itemsIn(active: Context): RunItems | undefined {
  return active.getValue(RUN_ITEMS) as RunItems | undefined
}

/** The context of a run, or of a value of it, that knows the items of that run. */
export function withItems(active: Context, items: RunItems | undefined): Context {
  return items === undefined ? active : active.setValue(RUN_ITEMS, items)
}

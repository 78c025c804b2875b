import { type Attributes, type Span, SpanStatusCode } from '@opentelemetry/api'
import type { Run } from '@sluice/core'
import { messageOf } from '@sluice/core/authoring'

/** How an item is told in a span. */
export type TellItem = (item: unknown) => string | number | boolean

/**
 * Ends the span of a run with what became of the run and its values, and of its failure: where it was, and what was thrown.
 *
 * The item that failed is told only where `tellItem` says how: it may be anybody's data. The message of the failure is that of the error
 * alone for the same reason.
 */
export function endRunSpan(span: Span, run: Run<unknown>, tellItem: TellItem | undefined): void {
  const { failure, status } = run
  const { totals } = run.stats()
  span.setAttributes({
    'sluice.run.status': status,
    'sluice.run.read': totals.read,
    'sluice.run.delivered': totals.delivered,
    'sluice.run.failed': totals.failed,
    'sluice.run.dead_lettered': totals.deadLettered,
    'sluice.run.abandoned': totals.abandoned,
  })
  // An abort is somebody's wish: the status of the span stays open to whoever knows more.
  if (failure !== undefined) {
    span.setAttributes({ 'sluice.stage': failure.stage, 'sluice.stage.position': failure.position, 'sluice.attempt': failure.attempt })
    if (tellItem !== undefined) span.setAttribute('sluice.item', tellItem(failure.item))
    recordFailure(span, failure.error)
  }
  span.end()
}

/** The error stands in the span as the semantic conventions have it. */
export function recordFailure(span: Span, error: unknown): void {
  const message = messageOf(error)
  span.recordException(error instanceof Error ? error : message)
  span.setStatus({ code: SpanStatusCode.ERROR, message })
  span.setAttribute('error.type', typeOf(error))
}

/** Of few values, as `error.type` is to be: a code, else the name of a class. */
function typeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { readonly code?: unknown, readonly name?: unknown }
  if (typeof code === 'string' && code !== '') return code
  return typeof name === 'string' && name !== '' ? name : '_OTHER'
}

/** What a span of a run says from the beginning. */
export function runAttributes(name: string, attributes: Attributes): Attributes {
  return { ...attributes, 'sluice.run': name }
}

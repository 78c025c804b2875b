import { type Attributes, context, type Span, trace, type Tracer } from '@opentelemetry/api'
import { type AroundCall, aroundCalls, type CallingStage, promiseOf } from '@sluice/core/authoring'
import type { CheckedItemSpans } from './item-options'
import { itemsIn, type RunItems } from './run-items'
import { recordFailure, type TellItem } from './run-span'

/** What the spans of items are made with. */
export interface ItemSpans {
  readonly tracer: Tracer
  readonly options: CheckedItemSpans
  readonly tellItem: TellItem | undefined
  readonly attributes: Attributes
}

/**
 * A span for each call of a function of a stage, as a child of what is active there: of the span of the run, or of the trace in which the value
 * was put into a queue; that one has a link to the run.
 *
 * @returns ends it for stages that are opened later.
 */
export function traceItems(spans: ItemSpans): () => void {
  return aroundCalls((stage) => (spans.options.stages?.has(stage.name) === false ? undefined : aroundStage(spans, stage)))
}

function aroundStage({ tracer, tellItem, attributes: given }: ItemSpans, stage: CallingStage): AroundCall {
  let ofStage: Attributes | undefined
  return (call, item, attempt) => {
    const active = context.active()
    const items = itemsIn(active)
    if (!items?.admits()) return call()
    ofStage ??= stageAttributes(given, stage)
    const parent = trace.getSpan(active)
    const links = parent === items.run ? [] : [{ context: items.run.spanContext() }]
    const span = tracer.startSpan(`item ${stage.name}`, { attributes: { ...ofStage, 'sluice.attempt': attempt }, links }, active)
    items.opened(span)
    if (tellItem) tell(span, tellItem, item)
    return context.with(trace.setSpan(active, span), () => follow(span, items, stage, call))
  }
}

/** The span ends when the call has settled. What the call answers is answered, and what it throws is thrown. */
function follow(span: Span, items: RunItems, stage: CallingStage, call: () => unknown): unknown {
  const failed = (error: unknown): void => {
    if (!items.closes(span)) return
    // A call that was cut off is no failure: an abort is somebody's wish, and the failure of a run has the span of its own item.
    if (stage.isCutOff) span.setAttribute('sluice.item.outcome', 'cut off')
    else recordFailure(span, error)
    span.end()
  }
  let promise: Promise<unknown> | undefined
  let answer: unknown
  try {
    answer = call()
    // A thenable is asked once: some begin their work each time.
    promise = promiseOf(answer)
  } catch (error) {
    failed(error)
    throw error
  }
  if (promise === undefined) {
    if (items.closes(span)) span.end()
    return answer
  }
  promise.then(() => { if (items.closes(span)) span.end() }, failed)
  return promise
}

/** A tool fails no call. */
function tell(span: Span, tellItem: TellItem, item: unknown): void {
  try {
    span.setAttribute('sluice.item', tellItem(item))
  } catch (error) {
    void Promise.reject(error)
  }
}

function stageAttributes(given: Attributes, { name, kind, site }: CallingStage): Attributes {
  return { ...given, 'sluice.stage': name, 'sluice.stage.kind': kind, ...(site === null ? {} : { 'sluice.stage.site': site }) }
}

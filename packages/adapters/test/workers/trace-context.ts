import { isSpanContextValid, type TextMapPropagator, trace } from '@opentelemetry/api'

/** `traceparent` of W3C trace context, version 00, as an SDK of OpenTelemetry writes and reads it. */
export const traceContext: TextMapPropagator = {
  inject(active, carrier, setter) {
    const span = trace.getSpanContext(active)
    if (span && isSpanContextValid(span)) setter.set(carrier, 'traceparent', `00-${span.traceId}-${span.spanId}-0${span.traceFlags}`)
  },
  extract(active, carrier, getter) {
    const found = /^00-([0-9a-f]{32})-([0-9a-f]{16})-0([01])$/.exec(String(getter.get(carrier, 'traceparent')))
    return found ? trace.setSpanContext(active, { traceId: found[1] as string, spanId: found[2] as string, traceFlags: Number(found[3]), isRemote: true }) : active
  },
  fields: () => ['traceparent'],
}

import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'

/** A point that was collected: its value by the name of the metric and its attributes. */
export interface Point {
  readonly metric: string
  readonly unit: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly value: number
}

/** A provider of meters, and what a collection of it has. */
export function collecting() {
  const reader = new PeriodicExportingMetricReader({ exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE), exportIntervalMillis: 2 ** 31 - 1 })
  const provider = new MeterProvider({ readers: [reader] })
  const collect = async (): Promise<Point[]> => {
    const { resourceMetrics, errors } = await reader.collect()
    if (errors.length > 0) throw new AggregateError(errors)
    return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics.flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({ metric: descriptor.name, unit: descriptor.unit, attributes, value: value as number }))))
  }
  return { meter: provider.getMeter('test'), collect, shutdown: () => provider.shutdown() }
}

/** The value of the only point of `metric` with these attributes; undefined where there is none. */
export function valueOf(points: readonly Point[], metric: string, attributes: Readonly<Record<string, unknown>>): number | undefined {
  const found = points.filter((point) => point.metric === metric && Object.entries(attributes).every(([name, value]) => point.attributes[name] === value))
  if (found.length > 1) throw new Error(`${found.length} points of ${metric}: ${JSON.stringify(found.map((point) => point.attributes))}`)
  return found[0]?.value
}

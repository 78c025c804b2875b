import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'
import { meterRuns } from '@sluice/adapters/opentelemetry'

/** Where the metrics can be fetched, and what ends that. */
export interface Telemetry {
  readonly url: string
  readonly end: () => Promise<void>
}

/**
 * All runs that begin from now on, for Prometheus to fetch. A server of our own, so that the operating system may choose the port.
 *
 * @param port of the loopback interface; 0 for one that is free.
 */
export async function exposeMetrics(port: number): Promise<Telemetry> {
  const exporter = new PrometheusExporter({ preventServerStart: true })
  const provider = new MeterProvider({ readers: [exporter] })
  const endMetrics = meterRuns({ meter: provider.getMeter('orders') })
  const server = createServer((request, response) => {
    if (request.method === 'GET' && request.url === '/metrics') exporter.getMetricsRequestHandler(request, response)
    else response.writeHead(404).end()
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`,
    end: async () => {
      endMetrics()
      server.close()
      server.closeAllConnections()
      await provider.shutdown()
    },
  }
}

/*
 * A service whose pipeline Prometheus and Grafana look at: npx tsx examples/observability/main.ts [port]
 */
import { logTo } from '@sluice/adapters/logging'
import { pino } from 'pino'
import { countEachSecond, processOrders } from './pipeline'
import { exposeMetrics } from './telemetry'

const telemetry = await exposeMetrics(Number(process.argv[2] ?? 9464))
logTo(pino(), { everyMs: 10_000, level: 'debug' })
console.log(`metrics: ${telemetry.url}`)

const ended = new AbortController()
const run = processOrders()
const housekeeping = countEachSecond(ended.signal)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    ended.abort()
    void run.stop()
  })
}
await run
await housekeeping
await telemetry.end()

/**
 *   request(path) ──▶ [ ≤ 40 wait ] ──▶ 10 per 100 ms, 4 at once ──▶ API
 *        ◀──────────────── its own response or error
 *
 * A promise for each request, and a rate the API allows. No batches with a pause between them (the slowest of a batch
 * holds up the next), no timer that polls; and a caller too many is refused at once instead of growing the queue.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Limit } from 'sluice'
import { serve } from './local/server'

let open = 0
let mostOpen = 0
const api = await serve(async (request, response) => {
  mostOpen = Math.max(mostOpen, ++open)
  await sleep(5)
  open--
  response.statusCode = request.url === '/7' ? 500 : 200
  response.end(`answer to ${request.url}`)
})

const quota = new Limit({ concurrency: 4, rate: { count: 10, perMs: 100, burst: 5 }, maxWaiting: 40, name: 'api' })

const begun: number[] = []
function request(path: string): Promise<string> {
  return quota.run(async () => {
    begun.push(performance.now())
    const response = await fetch(api.base + path)
    const text = await response.text()
    if (!response.ok) throw new Error(`${path}: status ${response.status}`)
    return text
  })
}

const paths = Array.from({ length: 46 }, (_, n) => `/${n}`)
const answers = await Promise.allSettled(paths.map(request))
api.close()

const own = answers.filter((answer, n) => answer.status === 'fulfilled' && answer.value === `answer to ${paths[n]}`)
console.log(`${own.length} callers got the answer to their own request`)
for (const answer of answers) if (answer.status === 'rejected') console.log('rejected:', String(answer.reason))

console.log(`never more than 4 at once: ${mostOpen <= 4}`)
const tookMs = (begun.at(-1) ?? 0) - (begun[0] ?? 0)
console.log(`${begun.length} requests, 100 a second after a burst of 5, took 390 ms or longer: ${tookMs > 389}`)

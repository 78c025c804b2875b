/**
 *   ┌──▶ [ frontier, fair between hosts ] ──▶ fetch: 6 at once, 2 per host ──▶ links ──┐
 *   └───────────────────────── pages not seen yet ◀───────────────────────────────────┘
 *
 * Consumers that are producers, too. In a circle nobody may wait for room (soon all would), so the frontier refuses what
 * is beyond its bound; and it is closed when no page is open any more, so the crawl ends by itself, without a timeout.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { forEach, from, KeyedQueue, mapAsyncKeyed } from 'sluice'
import { serve, type LocalServer } from './local/server'

const PAGES = 12 // on each host: page n links to pages 2n and 2n + 1, and to page n of the next host
const sites: { hits: string[]; open: number; mostOpen: number; server: LocalServer }[] = []
for (const _ of ['a', 'b', 'c']) {
  const site = { hits: [] as string[], open: 0, mostOpen: 0 }
  const next = sites.length + 1
  const server = await serve(async ({ url = '' }, response) => {
    site.hits.push(url)
    site.mostOpen = Math.max(site.mostOpen, ++site.open)
    await sleep(5)
    site.open--
    const n = Number(url.slice(1))
    const links = [`/${2 * n}`, `/${2 * n + 1}`, `${sites[next % sites.length]?.server.base}/${n}`]
    response.statusCode = n <= PAGES ? 200 : 404
    response.end(n <= PAGES ? links.map((href) => `<a href="${href}">`).join('') : 'no such page')
  })
  sites.push(Object.assign(site, { server }))
}

const hostOf = (url: string): string => new URL(url).host
const frontier = new KeyedQueue<string, string>({ capacity: 500, key: hostOf })
const seen = new Set<string>()
let open = 0
let notFound = 0

function visit(url: string): void {
  if (seen.has(url) || !frontier.tryPut(url)) return
  seen.add(url)
  open++
}

async function linksOf(url: string): Promise<string[]> {
  const response = await fetch(url)
  if (!response.ok) notFound++
  return [...(await response.text()).matchAll(/href="([^"]+)"/g)].map(([, href = '']) => new URL(href, url).href)
}

visit(`${sites[0]?.server.base}/1`)
await from(frontier).pipe(mapAsyncKeyed(hostOf, linksOf, { concurrency: 6, perKey: 2 })).to(forEach((links) => {
  links.forEach(visit)
  if (--open === 0) frontier.close()
})).run()

for (const { server } of sites) server.close()
console.log(`pages asked for on each host: ${sites.map(({ hits }) => hits.length).join(', ')}; not found: ${notFound}`)
console.log(`each once: ${sites.every(({ hits }) => new Set(hits).size === hits.length)}, never more than 2 at once of a host: ${sites.every(({ mostOpen }) => mostOpen <= 2)}`)

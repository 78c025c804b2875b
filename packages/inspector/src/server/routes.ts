import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RunList } from '../watch/run-list'
import { bodyOf, controlOf } from './body'
import type { Controls } from './controls'
import { refusalOf, SAFE_HEADERS } from './guard'
import type { Hub } from './hub'
import type { Secret } from './secret'
import type { Taps } from './taps'
import { Viewer } from './viewer'

/** Pages that may be open at once. */
const MOST_VIEWERS = 8

/** What answers requests, and what it needs. */
export interface RoutesOptions {
  readonly hosts: () => ReadonlySet<string>
  readonly secret: Secret
  readonly hub: Hub
  readonly runs: RunList
  /** Undefined where the page may not steer. */
  readonly controls: Controls | undefined
  /** Undefined where values that pass are not shown. */
  readonly taps: Taps | undefined
}

/** Answers requests: the page, which holds nothing but itself, and behind the token the stream, the history and the controls. */
export class Routes {
  readonly #options: RoutesOptions

  constructor(options: RoutesOptions) {
    this.#options = options
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalOf(request, this.#options.hosts())
    if (refusal) { refuse(response, refusal.status, refusal.says); return }
    const url = urlOf(request.url)
    if (url === undefined) { refuse(response, 400, 'no such address'); return }
    if (url.pathname === '/') { await page(request, response); return }
    const admitted = this.#options.secret.admits(request.headers.authorization)
    if (admitted !== 'yes') { refuse(response, admitted === 'locked' ? 429 : 401, admitted === 'locked' ? 'too many wrong tokens: wait a minute' : 'the token is another one'); return }
    const route = `${request.method ?? ''} ${url.pathname}`
    if (route === 'GET /stream') this.#stream(url, response)
    else if (route === 'GET /history') this.#history(url, response)
    else if (route === 'GET /tap') this.#tap(url, response)
    else if (route === 'POST /control') await this.#control(request, response)
    else refuse(response, 404, 'no such address')
  }

  #stream(url: URL, response: ServerResponse): void {
    const { hub } = this.#options
    if (hub.viewers.size >= MOST_VIEWERS) { refuse(response, 503, `${MOST_VIEWERS} pages are open already: close one`); return }
    response.writeHead(200, { ...SAFE_HEADERS, 'content-type': 'application/x-ndjson; charset=utf-8' })
    const viewer = new Viewer(response, numberOf(url.searchParams.get('run')))
    response.on('close', () => { hub.remove(viewer) })
    hub.add(viewer)
  }

  #tap(url: URL, response: ServerResponse): void {
    const { taps } = this.#options
    if (taps === undefined) { refuse(response, 403, 'values are not shown'); return }
    const refusal = taps.follow(numberOf(url.searchParams.get('run')) ?? -1, url.searchParams.get('stage') ?? '', response)
    if (refusal) refuse(response, refusal.status, refusal.says)
  }

  #history(url: URL, response: ServerResponse): void {
    const observed = this.#options.runs.find(numberOf(url.searchParams.get('run')) ?? -1)
    if (observed === undefined) refuse(response, 404, 'there is no such run any more')
    else json(response, 200, observed.history.read(url.searchParams.get('stage') ?? undefined))
  }

  async #control(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { controls } = this.#options
    if (controls === undefined) { refuse(response, 403, 'controls are off'); return }
    if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) { refuse(response, 415, 'controls are JSON'); return }
    const body = await bodyOf(request)
    if (body === undefined) { refuse(response, 413, 'controls are small'); return }
    const control = controlOf(body)
    if (control === undefined) { refuse(response, 400, 'no such control'); return }
    const { status, says } = controls.carryOut(control)
    json(response, status, { says })
  }
}

async function page(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') { refuse(response, 405, 'the page can be read'); return }
  // Read with the first viewer: a program that nobody looks at needs none of it.
  const { page: html, policy } = await import('@sluice/inspector/page')
  response.writeHead(200, { ...SAFE_HEADERS, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy }).end(request.method === 'HEAD' ? undefined : html)
}

/** A refusal ends the connection: what else it was going to send is of no interest. */
function refuse(response: ServerResponse, status: number, says: string): void {
  response.shouldKeepAlive = false
  json(response, status, { says })
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { ...SAFE_HEADERS, 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value))
}

function urlOf(path: string | undefined): URL | undefined {
  // Only a path: with a whole URL a request may name another host than its header does.
  return path?.startsWith('/') === true && URL.canParse(path, 'http://inspector') && !path.startsWith('//') ? new URL(path, 'http://inspector') : undefined
}

function numberOf(text: string | null): number | undefined {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Run } from 'sluice'
import { countEachSecond, processOrders } from './pipeline'
import { exposeMetrics, type Telemetry } from './telemetry'

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: { readonly x: number, readonly y: number, readonly w: number, readonly h: number }
  readonly targets?: readonly { readonly expr: string, readonly refId: string }[]
}

interface Dashboard {
  readonly title: string
  readonly uid: string
  readonly schemaVersion: number
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly name: string, readonly definition?: string }[] }
}

const dashboard = JSON.parse(readFileSync(new URL('dashboard.json', import.meta.url), 'utf8')) as Dashboard

/** A scrape: the samples by name, each with its labels. */
type Scrape = ReadonlyMap<string, readonly { readonly labels: Readonly<Record<string, string>>, readonly value: number }[]>

function fetchText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => { text += piece }).on('end', () => { resolve(text) }).on('error', reject)
    }).on('error', reject)
  })
}

async function scrape(url: string): Promise<Scrape> {
  const samples = new Map<string, { labels: Record<string, string>, value: number }[]>()
  for (const line of (await fetchText(url)).split('\n')) {
    const [, name, labels = '', value] = /^([a-z_]+)(?:\{(.*)\})? ([^ ]+)/i.exec(line) ?? []
    if (name === undefined) continue
    const told = Object.fromEntries([...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text]) => [label, text]))
    samples.set(name, [...(samples.get(name) ?? []), { labels: told, value: Number(value) }])
  }
  return samples
}

/** What an expression of PromQL reads: the names of metrics, the labels it matches or groups by. */
function namesIn(expr: string): { readonly metrics: readonly string[], readonly labels: readonly string[] } {
  const words = [...expr.replaceAll(/"[^"]*"/g, '').matchAll(/sluice_[a-z_]+/g)].map(([word]) => word)
  const labels = [...expr.matchAll(/by \(([^)]*)\)|\{([^}]*)\}/g)].flatMap(([, by = '', matched = '']) => [...`${by},${matched}`.matchAll(/sluice_[a-z_]+/g)].map(([word]) => word))
  return { metrics: words.filter((word) => !labels.includes(word)), labels }
}

describe('the example that Prometheus and Grafana look at', () => {
  let telemetry: Telemetry
  let run: Run<void>
  const housekeeping = new AbortController()

  beforeEach(async () => {
    telemetry = await exposeMetrics(0)
    run = processOrders()
    void countEachSecond(housekeeping.signal)
    while (run.stats().totals.delivered < 20) await new Promise((resolve) => { setTimeout(resolve, 5) })
  })
  afterEach(async () => {
    housekeeping.abort()
    await run.stop()
    await telemetry.end()
  })

  it('is scraped over HTTP: counters of both runs, seconds, and the joint of the slow stage', async () => {
    const first = await scrape(telemetry.url)
    const read = (samples: Scrape, name: string): number => samples.get('sluice_run_read_total')?.find(({ labels }) => labels['sluice_run'] === name)?.value ?? 0
    expect(read(first, 'orders')).toBeGreaterThanOrEqual(20)
    expect(read(first, 'housekeeping')).toBeGreaterThanOrEqual(3)
    const states = (first.get('sluice_stage_time_total') ?? []).filter(({ labels }) => labels['sluice_stage'] === 'enrich')
    expect(states.map(({ labels }) => labels['sluice_state']).sort()).toEqual(['backpressured', 'blocked', 'calling', 'idle', 'limited', 'working'])
    expect(first.get('sluice_joint_limit')?.find(({ labels }) => labels['sluice_stage'] === 'enrich')?.value).toBeGreaterThanOrEqual(4)
    const second = await scrape(telemetry.url)
    expect(read(second, 'orders')).toBeGreaterThanOrEqual(read(first, 'orders'))
    expect(await fetchText(telemetry.url.replace('/metrics', '/'))).toBe('')
  })

  it('has every metric and every label that the dashboard reads', async () => {
    const samples = await scrape(telemetry.url)
    const expressions = [...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)), ...dashboard.templating.list.flatMap(({ definition = [] }) => definition)]
    expect(expressions.length).toBeGreaterThan(15)
    for (const expr of expressions) {
      const { metrics, labels } = namesIn(expr.replace(/^label_values\((\w+), (\w+)\)$/, '$1{$2=~".*"}'))
      expect(metrics, expr).not.toEqual([])
      for (const metric of metrics) {
        expect([...samples.keys()], expr).toContain(metric)
        for (const label of labels) expect(samples.get(metric)?.some((sample) => label in sample.labels), `${label} of ${metric}`).toBe(true)
      }
    }
  })

  it('the panels of the dashboard do not overlap, and each is numbered once', () => {
    const { panels } = dashboard
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    for (const [index, { gridPos: a, title }] of panels.entries()) {
      expect(a.x + a.w, title).toBeLessThanOrEqual(24)
      for (const { gridPos: b, title: other } of panels.slice(index + 1)) {
        expect(a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h, `${title} and ${other}`).toBe(false)
      }
    }
  })
})

import uPlot from 'uplot'
import type { Timeline } from './model'
import { count, duration } from './format'

interface Curve {
  readonly label: string
  readonly color: string
  readonly values: readonly (number | null)[]
}

/** The three charts of a run, with one cursor. */
export class Charts {
  readonly element = document.createElement('div')
  readonly #plots: { readonly plot: uPlot; readonly curves: (timeline: Timeline) => readonly Curve[]; readonly legend: HTMLElement; readonly format: (value: number) => string; readonly host: HTMLElement }[] = []
  constructor() {
    this.element.className = 'charts'
    const sync = uPlot.sync('sluice')
    this.#add('Values/s', sync.key, (value) => count(Math.round(value)), ({ read, done }) => [{ label: 'read', color: '--state-I', values: read }, { label: 'done', color: '--water', values: done }])
    this.#add('Held in queues', sync.key, (value) => count(Math.round(value)), ({ held }) => [{ label: 'values', color: '--state-B', values: held }])
    this.#add('Event loop', sync.key, (value) => `${Math.round(value)} %`, ({ loop }) => [{ label: 'busy', color: '--state-W', values: loop }])
    this.#add('Timers late by', sync.key, duration, ({ lag }) => [{ label: 'at most', color: '--state-L', values: lag }])
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { for (const { plot } of this.#plots) plot.redraw() })
  }

  /** Another second is over. */
  update(timeline: Timeline): void {
    const end = timeline.at.at(-1) ?? 0
    const at = timeline.at.map((ms) => ms / 1000)
    // A minute at least, so that a run that has just begun does not race across.
    const start = Math.min(timeline.at[0] ?? 0, end - SHORTEST_MS)
    for (const { plot, curves, legend, format, host } of this.#plots) {
      const drawn = curves(timeline)
      if (host.clientWidth > 0 && host.clientWidth !== plot.width) plot.setSize({ width: host.clientWidth, height: HEIGHT })
      plot.setData([at, ...drawn.map(({ values }) => values as number[])])
      plot.setScale('x', { min: start / 1000, max: end / 1000 })
      const says = drawn.map(({ label, values }) => `${label} ${format(values.at(-1) ?? 0)}`).join(' · ')
      if (legend.textContent !== says) legend.textContent = says
    }
  }

  #add(title: string, sync: string, format: (value: number) => string, curves: (timeline: Timeline) => readonly Curve[]): void {
    const card = document.createElement('section')
    const heading = document.createElement('h3')
    const legend = document.createElement('span')
    const host = document.createElement('div')
    card.className = 'chart'
    host.setAttribute('aria-hidden', 'true')
    heading.append(title, legend)
    card.append(heading, host)
    this.element.append(card)
    const series = curves({ at: [], read: [], done: [], held: [], loop: [], lag: [] })
    const plot = new uPlot({
      width: 300, height: HEIGHT, padding: [8, 4, 0, 0], legend: { show: false }, cursor: { sync: { key: sync }, y: false, points: { size: 6 } },
      scales: { x: { time: true }, y: { range: (_, _min, max) => [0, max > 0 ? max * 1.15 : 1] } },
      axes: [
        { stroke: () => css('--quiet'), grid: { show: false }, ticks: { show: false }, size: 22, font: FONT, values: (_, ticks) => ticks.map((tick) => new Date(tick * 1000).toLocaleTimeString('en-GB')), space: 90 },
        { stroke: () => css('--quiet'), grid: { stroke: () => css('--line'), width: 1 }, ticks: { show: false }, size: 48, font: FONT, values: (_, ticks) => ticks.map(format), space: 28 },
      ],
      series: [{}, ...series.map(({ label, color }) => ({ label, stroke: () => css(color), fill: () => `color-mix(in srgb, ${css(color)} 14%, transparent)`, width: 1.8, points: { show: false }, spanGaps: false }))],
    }, [[], ...series.map(() => [])], host)
    this.#plots.push({ plot, curves, legend, format, host })
  }
}

const HEIGHT = 118
const SHORTEST_MS = 60_000
const FONT = '11px system-ui, sans-serif'

function css(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

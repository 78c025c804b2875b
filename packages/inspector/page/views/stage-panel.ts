import { html, nothing, type TemplateResult } from 'lit-html'
import type { StageStats } from '@sluice/core'
import type { Series } from '../../src/wire/frames'
import type { Box } from '../graph/boxes'
import type { Model } from '../model'
import { STATES } from '../states'
import { count, duration, fact, percent, rate, sharesList, trend } from './parts'

/** Everything about the box that is selected; `more` stands behind its states. */
export function stagePanel(model: Model, box: Box, history: Series | undefined, close: () => void, more: unknown): TemplateResult {
  const steps = box.steps.flatMap((id) => model.stage(id) ?? [])
  const timed = steps.find(({ id }) => id === box.clock)
  const last = steps.at(-1)
  if (last === undefined) return html`<aside class="panel" aria-label="stage"><p>This stage is gone.</p></aside>`
  const calling = steps.find(({ calls }) => calls !== null)
  return html`<aside class="panel" aria-label="stage ${box.title}">
    <div class="row"><h2>${box.title}</h2><button @click=${close} aria-label="close">✕</button></div>
    ${sites(steps)}
    ${timed ? sharesList(model.window.shares(timed)) : html`<p class="hint">These steps have no clock of their own: they work in the turns of '${last.driver}'.</p>`}${more}
    ${history ? strip(history) : nothing}
    <dl>${fact('in', count(steps[0]?.in ?? 0))}${fact('out', `${count(last.out)} · ${rate(model.window.rate(last))}`)}${fact('dropped', count(sum(steps, 'dropped')))}${fact('errors', count(sum(steps, 'errors')))}${fact('retries', count(sum(steps, 'retries')))}${fact('dead letters', count(sum(steps, 'deadLettered')))}</dl>
    ${calling ? calls(model, calling) : nothing}${queue(last)}${timed ? causes(timed) : nothing}
    ${steps.length > 1 ? stepsTable(model, steps) : nothing}
  </aside>`
}

function sum(steps: readonly StageStats[], field: 'dropped' | 'errors' | 'retries' | 'deadLettered'): number {
  return steps.reduce((total, step) => total + step[field], 0)
}

function sites(steps: readonly StageStats[]): TemplateResult | typeof nothing {
  const [site] = steps.flatMap((step) => step.site ?? [])
  return site === undefined ? nothing : html`<p><code class="site">${site}</code></p>`
}

/** How its states went, one column a second. */
function strip(history: Series): TemplateResult | typeof nothing {
  const from = Math.max(0, history.at.length - 120)
  const out = (history['out'] ?? []).slice(from).map((value) => value ?? 0)
  if (out.length < 2) return nothing
  return html`<h3>Last ${out.length} s</h3>${trend(out, 'values a second')}<div class="strips">${STATES.filter(({ key }) => (history[key] ?? []).slice(from).some((value) => (value ?? 0) > 1)).map(({ key, letter, name }) => html`
    <div class="strip"><i class="chip state-${letter}">${letter}</i>${trend((history[key] ?? []).slice(from).map((value) => value ?? 0), name, letter)}</div>`)}</div>`
}

function calls(model: Model, stage: StageStats): TemplateResult | typeof nothing {
  const { calls: made } = stage
  if (made === null) return nothing
  const { serviceMs } = made
  return html`<h3>Calls</h3><dl>${fact('in flight', `${model.window.inFlight(stage).toFixed(1)} of ${made.concurrency ?? '∞'}`)}${fact('peak', made.peakInFlight)}${fact('started', count(made.started))}${fact('oldest', made.oldestMs === null ? '–' : duration(made.oldestMs))}
    ${serviceMs ? html`${fact('p50', duration(serviceMs.p50))}${fact('p95', duration(serviceMs.p95))}${fact('p99', duration(serviceMs.p99))}${fact('longest', duration(serviceMs.max))}` : nothing}</dl>`
}

function queue({ queue: held }: StageStats): TemplateResult | typeof nothing {
  if (held === null) return nothing
  return html`<h3>Queue behind it</h3><dl>${fact('held', `${count(held.size)} of ${held.capacity === null ? '∞' : count(held.capacity)}`)}${fact('most', count(held.highWater))}
    ${held.maxWeight === null ? nothing : fact('weight', `${count(held.weight ?? 0)} of ${count(held.maxWeight)}`)}${fact('full for', held.fullMs === null ? '–' : duration(held.fullMs))}${fact('empty for', held.emptyMs === null ? '–' : duration(held.emptyMs))}${fact('oldest', held.oldestMs === null ? '–' : duration(held.oldestMs))}</dl>`
}

function causes({ causes: why }: StageStats): TemplateResult | typeof nothing {
  const lines = why === null ? [] : [...Object.entries(why.limited).map(([name, ms]) => [`limited by ${name}`, ms] as const), ...Object.entries(why.blocked).map(([name, ms]) => [`blocked by ${name}`, ms] as const)]
  return lines.length === 0 ? nothing : html`<h3>Waited for</h3><dl>${lines.sort((a, b) => b[1] - a[1]).slice(0, 6).map(([name, ms]) => fact(name, duration(ms)))}</dl>`
}

function stepsTable(model: Model, steps: readonly StageStats[]): TemplateResult {
  return html`<h3>Steps</h3><table><thead><tr><th scope="col">step</th><th scope="col">out</th><th scope="col">CPU</th></tr></thead><tbody>${steps.map((step) => html`<tr><th scope="row" title=${step.site ?? ''}>${step.name}</th><td>${count(step.out)}</td><td>${percent(model.window.workingShare(step))}</td></tr>`)}</tbody></table>`
}

import { html, nothing, type TemplateResult } from 'lit-html'
import type { RunSummary } from '../../src/wire/frames'
import type { Model } from '../model'
import { count, duration, losses, rate, status, trend } from './parts'

/** All runs of the process, side by side. */
export function sidebar(model: Model, show: (run: number) => void): TemplateResult {
  const { runs } = model
  if (runs === undefined || runs.runs.length === 0) return html`<nav class="runs" aria-label="runs"><p class="hint">No run has begun yet.</p></nav>`
  const live = runs.runs.filter(({ endedAgoMs }) => endedAgoMs === null)
  const ended = runs.runs.filter(({ endedAgoMs }) => endedAgoMs !== null)
  const list = (title: string, of: readonly RunSummary[]): TemplateResult | typeof nothing =>
    of.length === 0 ? nothing : html`<h2>${title}</h2><ul>${of.map((run) => card(run, run.id === model.shown, show))}</ul>`
  return html`<nav class="runs" aria-label="runs">${list('At work', live)}${runs.more > 0 ? html`<p class="hint">and ${count(runs.more)} more</p>` : nothing}${list('Ended', ended)}</nav>`
}

function card(run: RunSummary, isShown: boolean, show: (run: number) => void): TemplateResult {
  const { found } = run
  return html`<li><button class="run-card ${isShown ? 'shown' : ''}" aria-current=${isShown ? 'true' : 'false'} @click=${() => { show(run.id) }}>
    <span class="row"><strong>${run.name}</strong>${status(run)}</span>
    <span class="row"><span class="quiet">${run.endedAgoMs === null ? rate(run.rate) : `${count(run.done)} done in ${duration(run.elapsedMs)}`}</span>${run.endedAgoMs === null ? trend(run.trend, `rate of ${run.name}`) : nothing}</span>
    ${found.severity === 'advice' || found.severity === 'problem' ? html`<span class="verdict ${found.severity}">▲ ${found.stage ?? ''} ${found.verdict}</span>` : nothing}
    ${losses(run)}
  </button></li>`
}

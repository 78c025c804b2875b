import { html, nothing, type TemplateResult } from 'lit-html'
import type { RunSummary } from '../../src/wire/frames'
import type { Model } from '../model'
import { count, duration, losses, rate, status } from './parts'

export interface RunActions {
  readonly control: (action: 'pause' | 'resume' | 'stop' | 'abort') => void
  readonly find: (text: string) => void
  readonly table: () => void
  readonly culprit: () => void
}

/** The run that is shown: its figures and its controls. */
export function runBar(model: Model, run: RunSummary, isTable: boolean, canSteer: boolean, actions: RunActions): TemplateResult {
  const isAtWork = run.endedAgoMs === null
  const button = (action: 'pause' | 'resume' | 'stop' | 'abort', text: string): TemplateResult => html`<button @click=${() => { actions.control(action) }}>${text}</button>`
  return html`<div class="run-bar">
    <h1>${run.name}</h1>${run.status === 'running' ? nothing : status(run)}
    <span class="big">${isAtWork ? rate(run.rate) : nothing}</span>
    <span class="quiet">${count(run.done)} done · ${count(model.stats?.totals.inFlight ?? 0)} in flight · ${duration(run.elapsedMs)}</span>${losses(run)}
    <span class="spring"></span>
    ${canSteer && isAtWork ? html`<span class="group">${run.status === 'paused' ? button('resume', 'Resume') : button('pause', 'Pause')}${button('stop', 'Stop')}${button('abort', 'Abort')}</span>` : nothing}
    <input type="search" id="find" placeholder="find a stage  /" aria-label="find a stage" @input=${(event: Event) => { actions.find((event.target as HTMLInputElement).value) }}>
    <button @click=${actions.table} aria-pressed=${isTable ? 'true' : 'false'}>Table</button>
  </div>`
}

/** What holds the run back, and what to do; or how it failed. */
export function banner(run: RunSummary, actions: Pick<RunActions, 'culprit'>): TemplateResult {
  const { found, failure } = run
  if (failure !== null) {
    return html`<section class="banner problem" aria-label="failure"><span class="sign" aria-hidden="true">✖</span><p><strong>${failure.error}</strong> in '${failure.stage}'${failure.attempt > 1 ? `, attempt ${failure.attempt}` : ''}${failure.site === null ? nothing : html` <code>${failure.site}</code>`}<br>
      <span class="quiet">${failure.path.join(' › ')}${failure.item === null ? nothing : html` · item <code>${failure.item}</code>`}</span></p></section>`
  }
  if (run.status === 'paused') return html`<section class="banner none" aria-label="diagnosis"><span class="sign" aria-hidden="true">❚❚</span><p>Paused: nothing new begins, and what is in flight waits in its queue.</p></section>`
  if (run.endedAgoMs !== null) return html`<section class="banner none" aria-label="diagnosis"><span class="sign" aria-hidden="true">${run.status === 'completed' ? '✔' : '⊘'}</span><p>The run has ${run.status === 'aborted' ? 'been aborted' : run.status}. These are its last figures.</p></section>`
  if (found.message === '') return html`<section class="banner none" aria-label="diagnosis"><span class="sign" aria-hidden="true">…</span><p class="quiet">Looking. A verdict takes a few seconds.</p></section>`
  const isMarked = found.severity === 'advice' || found.severity === 'problem'
  return html`<section class="banner ${found.severity}" aria-label="diagnosis"><span class="sign" aria-hidden="true">${isMarked ? '▲' : '✓'}</span><p>${sentence(found.message)}${found.advice === '' ? nothing : html` <strong>${sentence(found.advice)}</strong>`}</p>
    ${isMarked && found.stage !== null ? html`<button @click=${actions.culprit}>Show stage</button>` : nothing}</section>`
}

/** As a sentence of its own: with a capital letter and an end. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
}

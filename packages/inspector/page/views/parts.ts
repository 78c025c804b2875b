import { html, nothing, svg, type TemplateResult } from 'lit-html'
import type { RunSummary } from '../../src/wire/frames'
import { count, duration, percent, rate } from '../format'
import { STATES, type Shares } from '../states'

/** A line that shows how a rate went. */
export function trend(values: readonly number[], label: string, letter = ''): TemplateResult {
  const most = Math.max(...values, 1e-9)
  const width = 96
  const points = values.map((value, i) => `${((i * width) / Math.max(values.length - 1, 1)).toFixed(1)},${(21 - (18 * value) / most).toFixed(1)}`).join(' ')
  return html`<svg class="trend ${letter === '' ? '' : `line-${letter}`}" preserveAspectRatio="none" viewBox="0 0 ${width} 24" role="img" aria-label=${label}>${values.length > 1
    ? svg`<polygon points="0,24 ${points} ${width},24"></polygon><polyline points=${points}></polyline>` : nothing}</svg>`
}

/** The shares of the six states, as a list with letters. */
export function sharesList(shares: Shares | undefined): TemplateResult | typeof nothing {
  if (shares === undefined) return nothing
  return html`<ul class="shares">${STATES.map((state, i) => html`<li title=${state.says}><i class="chip state-${state.letter}">${state.letter}</i>${state.name}<b>${percent(shares[i] ?? 0)}</b></li>`)}</ul>`
}

const STATUS = { running: ['▶', 'running'], paused: ['❚❚', 'paused'], stopping: ['◼', 'stopping'], completed: ['✔', 'completed'], failed: ['✖', 'failed'], aborted: ['⊘', 'aborted'] } as const

/** The status as a sign and a word. */
export function status({ status: now }: Pick<RunSummary, 'status'>): TemplateResult {
  const [sign, word] = STATUS[now]
  return html`<span class="status ${now}"><i aria-hidden="true">${sign}</i>${word}</span>`
}

/** What was lost of a run; nothing where nothing was. */
export function losses({ dropped, dead, failed }: RunSummary): TemplateResult | typeof nothing {
  const parts = [dropped > 0 && `${count(dropped)} dropped`, dead > 0 && `${count(dead)} dead letters`, failed > 0 && `${count(failed)} failed`].filter(Boolean)
  return parts.length > 0 ? html`<span class="loss">${parts.join(' · ')}</span>` : nothing
}

export function fact(name: string, value: unknown): TemplateResult {
  return html`<div class="fact"><dt>${name}</dt><dd>${value}</dd></div>`
}

export { count, duration, percent, rate }

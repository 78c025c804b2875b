import { html, nothing, type TemplateResult } from 'lit-html'
import type { Control, Frame } from '../../src/wire/frames'
import { clockTime } from '../format'
import type { Model } from '../model'

/** In place of a run. */
export function nothingYet(title: string, says: string): TemplateResult {
  return html`<section class="empty"><h1>${title}</h1><p>${says}</p></section>`
}

/** What has happened, the latest first. */
export function eventsList({ events, shown }: Model): TemplateResult | typeof nothing {
  const list = events.filter(({ run }) => run === null || run === shown).slice(-12).reverse()
  if (list.length === 0) return nothing
  return html`<section class="events"><h3>What happened</h3><ul>${list.map(({ at, text }) => html`<li><time>${clockTime(at)}</time> ${text}</li>`)}</ul></section>`
}

/** The limits that were handed to the inspector, with their adjustable figures. */
export function limitsPanel(model: Model, send: (control: Control) => void): TemplateResult | typeof nothing {
  const limits = model.runs?.limits ?? []
  if (limits.length === 0) return nothing
  const canSteer = model.hello?.controls === true
  const field = (limit: string, label: 'concurrency' | 'perSecond', value: number | null): TemplateResult | typeof nothing => {
    if (value === null) return nothing
    const changed = (event: Event): void => { send({ action: 'limit', limit, [label]: Number((event.target as HTMLInputElement).value) }) }
    return html`<label>${label === 'concurrency' ? 'at once' : 'a second'} <input type="number" min="1" .value=${String(value)} ?disabled=${!canSteer} @change=${changed}></label>`
  }
  return html`<section class="limits"><h3>Limits</h3><ul>${limits.map(({ name, active, waiting, concurrency, rate }) => html`<li><b>${name}</b> <span class="quiet">${active} out, ${waiting} waiting</span>
    ${field(name, 'concurrency', concurrency)}${field(name, 'perSecond', rate === null ? null : (1000 * rate.count) / rate.perMs)}</li>`)}</ul></section>`
}

/** Where a recording stands. */
export function scrubber({ frames, position }: { readonly frames: readonly Frame[]; readonly position: number }, seek: (position: number) => void): TemplateResult {
  const at = frames.slice(0, position).findLast((frame) => frame.t === 'runs')?.at
  return html`<label class="scrubber">Recording <input type="range" min="1" max=${frames.length} .value=${String(position)} @input=${(event: Event) => { seek(Number((event.target as HTMLInputElement).value)) }}> ${at === undefined ? '' : clockTime(at)}</label>`
}

import { html, nothing, type TemplateResult } from 'lit-html'
import type { StageStats } from '@sluice/core'
import type { Control } from '../../src/wire/frames'

/** What of these steps may be changed while they are at work, each in a field of its own. */
export function adjustFields(run: number, steps: readonly StageStats[], send: (control: Control) => void): TemplateResult | typeof nothing {
  const field = (action: 'concurrency' | 'rate', stage: StageStats, value: number | undefined): TemplateResult | typeof nothing => {
    if (value === undefined) return nothing
    const changed = (event: Event): void => { send({ run, action, stage: stage.id, value: Number((event.target as HTMLInputElement).value) }) }
    return html`<label><span>${stage.name}: ${action === 'concurrency' ? 'calls at once' : 'values a second'}</span> <input type="number" min="1" step="1" .value=${String(value)} @change=${changed}></label>`
  }
  const fields = steps.flatMap((stage) => {
    const { adjustable, ended, inner } = stage
    // Recordings of before have none.
    if (!adjustable || ended || inner) return []
    const { concurrency, rate } = adjustable
    return [field('concurrency', stage, concurrency ?? undefined), field('rate', stage, rate ? Math.round((100_000 * rate.count) / rate.perMs) / 100 : undefined)]
  }).filter((each) => each !== nothing)
  return fields.length === 0 ? nothing : html`<section class="adjust" aria-label="change it while it runs">${fields}</section>`
}

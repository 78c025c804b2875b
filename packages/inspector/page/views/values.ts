import { html, nothing, type TemplateResult } from 'lit-html'
import type { Tapped } from '../tapped'
import { count } from './parts'

/** What the list of values does. */
export interface ValuesActions {
  /** Looks into a stage; undefined ends that. */
  readonly tap: (stage: string | undefined) => void
  readonly hold: () => void
}

/** The last values that one of the steps has handed on, or the question whether to look. */
export function valuesPanel(steps: readonly string[], tapped: Tapped | undefined, actions: ValuesActions): TemplateResult {
  const last = steps.at(-1) ?? ''
  const choice = tapped && steps.length > 1 ? html`<select aria-label="values that leave" @change=${(event: Event) => { actions.tap((event.target as HTMLSelectElement).value) }}>${steps.map((step) => html`<option value=${step} ?selected=${step === tapped.stage}>${step}</option>`)}</select>` : nothing
  return html`<section class="values" aria-label="values"><div class="row"><h3>Values that leave it</h3>${choice}<button @click=${() => { actions.tap(tapped ? undefined : last) }}>${tapped ? 'Stop' : 'Show values'}</button></div>${tapped ? list(tapped, actions) : nothing}</section>`
}

function list({ values, unseen, says, isHeld }: Tapped, { hold }: ValuesActions): TemplateResult {
  if (values.length === 0) return html`<p class="hint">${says === '' ? 'None has passed since.' : says}</p>`
  return html`<p class="hint">The last ${values.length}; ${count(unseen)} more have passed. ${says} <button class="plain" @click=${hold} aria-pressed=${isHeld ? 'true' : 'false'}>${isHeld ? 'Go on' : 'Hold'}</button></p>
    <ol reversed tabindex="0" aria-label="values, the latest first">${values.toReversed().map((value) => html`<li><code>${value}</code></li>`)}</ol>`
}

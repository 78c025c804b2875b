import { html, type TemplateResult } from 'lit-html'
import { STATES } from '../states'

const KEYS = [['← →', 'along the lines'], ['↑ ↓', 'between branches'], ['Enter', 'open a stage'], ['Esc', 'close'], ['b', 'to what holds the run back'], ['p', 'pause and resume'], ['t', 'table'], ['/', 'find'], ['f', 'fit'], ['?', 'this']] as const

/** What the keys do, and what the colours mean. */
export function help(): TemplateResult {
  return html`<dialog id="help" aria-label="keys and colours"><div class="row"><h2>Keys and colours</h2><form method="dialog"><button aria-label="close">✕</button></form></div>
    <div class="help-columns"><dl class="keys">${KEYS.map(([key, does]) => html`<div class="fact"><dt><kbd>${key}</kbd></dt><dd>${does}</dd></div>`)}</dl>
    <ul class="legend">${STATES.map(({ letter, name, says }) => html`<li><i class="chip state-${letter}">${letter}</i><span><b>${name}</b> ${says}</span></li>`)}</ul></div></dialog>`
}

/** Asks before something that cannot be undone. */
export function confirmDialog(): TemplateResult {
  return html`<dialog id="confirm" aria-label="confirm"><p></p><form method="dialog"><button value="no">Cancel</button><button value="yes" class="danger">Do it</button></form></dialog>`
}

/** The colours, under the graph. */
export function legend({ zoom, fit }: { readonly zoom: (factor: number) => void; readonly fit: () => void }): TemplateResult {
  return html`<div class="under"><ul class="legend inline" aria-label="states">${STATES.map(({ letter, name, says }) => html`<li title=${says}><i class="chip state-${letter}">${letter}</i>${name}</li>`)}</ul><span class="spring"></span><span class="group"><button @click=${() => { zoom(1.25) }} aria-label="nearer">+</button><button @click=${() => { zoom(0.8) }} aria-label="further">−</button><button @click=${fit}>Fit</button></span></div>`
}

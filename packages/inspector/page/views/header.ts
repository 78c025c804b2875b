import { html, nothing, type TemplateResult } from 'lit-html'
import type { Link } from '../connection'
import { bytes, percent } from '../format'
import type { Model } from '../model'

export interface HeaderState {
  readonly link: Link | 'recording'
  readonly says: string
  /** How long ago the last frame came, in ms. */
  readonly ageMs: number
}

const WORDS: Readonly<Record<HeaderState['link'], string>> = { connecting: 'connecting', live: 'live', hidden: 'paused', lost: 'lost', refused: 'refused', recording: 'recording' }

/** The process, and how the page stands with it. */
export function header(model: Model, { link, says, ageMs }: HeaderState, actions: { readonly save: () => void; readonly open: (file: File) => void; readonly help: () => void }): TemplateResult {
  const { hello, runs } = model
  const picked = (event: Event): void => {
    const file = (event.target as HTMLInputElement).files?.[0]
    if (file) actions.open(file)
  }
  return html`<header>
    <span class="logo"><svg viewBox="0 0 24 24" aria-hidden="true"><path d="M2 7q2.5-3 5 0t5 0t5 0t5 0M2 13q2.5-3 5 0t5 0t5 0t5 0M2 19q2.5-3 5 0t5 0t5 0t5 0"></path></svg>Sluice</span>
    ${hello ? html`<span class="process"><b>${hello.title}</b><span>pid ${hello.pid}</span>${runs ? html`<span>loop ${percent(runs.process.loop)}</span><span>lag ${runs.process.lagMs} ms</span><span>heap ${bytes(runs.process.heapBytes)}</span><span>memory ${bytes(runs.process.rssBytes)}</span>` : nothing}</span>` : nothing}
    <span class="spring"></span>
    <span class="link ${link}" title=${says}><i aria-hidden="true"></i>${WORDS[link]}${link === 'lost' && ageMs > 1000 ? ` · figures are ${Math.round(ageMs / 1000)} s old` : ''}</span>
    <button @click=${actions.save} title="Save what was seen since this page was opened">Save recording</button>
    <label class="button">Open<input type="file" accept=".gz" @change=${picked}></label>
    <button @click=${actions.help} aria-label="keys and colours" title="keys and colours">?</button>
  </header>`
}

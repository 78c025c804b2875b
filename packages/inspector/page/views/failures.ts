import { html, nothing, type TemplateResult } from 'lit-html'
import type { ShownItemFailure } from '../../src/wire/frames'
import { clockTime } from '../format'
import type { Model } from '../model'
import { count, duration } from './parts'

const FATES = { retried: 'tried again', skipped: 'skipped', nacked: 'given back', deadLettered: 'dead letter', failed: 'failed' } as const

/** The items of the run that failed, the latest first. */
export function failuresList({ failures, unseenFailures }: Model, select: (stage: string) => void): TemplateResult | typeof nothing {
  if (failures.length === 0) return nothing
  const line = ({ at, stage, site, fate, attempt, retryAfterMs, error, item }: ShownItemFailure): TemplateResult => html`<li><time>${clockTime(at)}</time> <b class="fate ${fate}">${FATES[fate]}${retryAfterMs === null || retryAfterMs === 0 ? nothing : ` in ${duration(retryAfterMs)}`}</b> <button class="plain" @click=${() => { select(stage) }}>${stage}</button>${attempt > 1 ? html` <span class="quiet">attempt ${attempt}</span>` : nothing}
    <div class="error">${error}</div>${item === null ? nothing : html`<code>${item}</code>`}${site === null ? nothing : html` <code class="site">${site}</code>`}</li>`
  return html`<section class="failures" aria-label="failed items"><h3>Items that failed</h3>${unseenFailures > 0 ? html`<p class="hint">and ${count(unseenFailures)} more than could be listed as they came</p>` : nothing}<ul tabindex="0" aria-label="failed items, the latest first">${failures.toReversed().map(line)}</ul></section>`
}

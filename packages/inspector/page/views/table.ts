import { html, type TemplateResult } from 'lit-html'
import type { StageStats } from '@sluice/core'
import type { Model } from '../model'
import { mainState } from '../states'
import { count, duration, percent, rate } from './parts'

type Column = 'stage' | 'rate' | 'out' | 'state' | 'cpu' | 'queue' | 'age' | 'lost' | 'errors'
const COLUMNS: readonly Column[] = ['stage', 'rate', 'out', 'state', 'cpu', 'queue', 'age', 'lost', 'errors']

/** The same as the graph, as a table: each stage in a line, sorted by what is clicked. */
export class StageTable {
  #sort: Column | undefined

  view(model: Model, filter: string, select: (stage: string) => void, redraw: () => void): TemplateResult {
    const stages = (model.stats?.stages ?? []).filter(({ name, site }) => `${name} ${site ?? ''}`.toLowerCase().includes(filter.toLowerCase()))
    const sorted = this.#sort === undefined ? stages : [...stages].sort((a, b) => this.#valueOf(model, b) - this.#valueOf(model, a) || a.name.localeCompare(b.name))
    const sortBy = (column: Column): void => {
      this.#sort = this.#sort === column ? undefined : column
      redraw()
    }
    return html`<div class="table-host" tabindex="0" role="region" aria-label="stages as a table"><table class="stages"><thead><tr>${COLUMNS.map((column) => html`<th scope="col" aria-sort=${this.#sort === column ? 'descending' : 'none'}><button @click=${() => { sortBy(column) }}>${column}</button></th>`)}</tr></thead>
      <tbody>${sorted.map((stage) => this.#row(model, stage, select))}</tbody></table></div>`
  }

  #row(model: Model, stage: StageStats, select: (stage: string) => void): TemplateResult {
    const shares = model.window.shares(stage)
    const main = shares && mainState(shares)
    const { queue } = stage
    return html`<tr><th scope="row"><button class="plain" @click=${() => { select(stage.id) }}>${stage.id}</button></th><td>${rate(model.window.rate(stage))}</td><td>${count(stage.out)}</td>
      <td>${main ? html`<i class="chip state-${main.state.letter}">${main.state.letter}</i> ${percent(main.share)}` : '–'}</td><td>${percent(model.window.workingShare(stage))}</td>
      <td>${queue ? `${count(queue.size)}/${queue.capacity === null ? '∞' : count(queue.capacity)}` : '–'}</td><td>${queue?.oldestMs == null ? '–' : duration(queue.oldestMs)}</td><td>${count(stage.dropped)}</td><td>${count(stage.errors)}</td></tr>`
  }

  #valueOf(model: Model, stage: StageStats): number {
    switch (this.#sort) {
      case 'rate': return model.window.rate(stage)
      case 'out': return stage.out
      case 'state': return 1 - (model.window.shares(stage)?.at(-1) ?? 1)
      case 'cpu': return model.window.workingShare(stage)
      case 'queue': return stage.queue ? stage.queue.size / (stage.queue.capacity ?? 1) : -1
      case 'age': return stage.queue?.oldestMs ?? -1
      case 'lost': return stage.dropped
      case 'errors': return stage.errors
      default: return 0
    }
  }
}

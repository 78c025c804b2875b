import { html, nothing, render, type TemplateResult } from 'lit-html'
import type { Frame, Series } from '../src/wire/frames'
import { Charts } from './charts'
import { Connection, type Link } from './connection'
import { GraphView } from './graph/graph-view'
import { keysOf } from './keys'
import { Model } from './model'
import { readTape, Tape } from './recording'
import { header } from './views/header'
import { confirmDialog, help, legend } from './views/help'
import { banner, runBar } from './views/run-bar'
import { sidebar } from './views/sidebar'
import { stagePanel } from './views/stage-panel'
import { adjustFields } from './views/adjust'
import { failuresList } from './views/failures'
import { valuesPanel } from './views/values'
import { Tapped } from './tapped'
import { StageTable } from './views/table'
import { eventsList, limitsPanel, nothingYet, scrubber } from './views/rest'

/** Texts change so often, in ms: more often nobody reads them. */
const TEXT_MS = 500
/** What is told to people who hear the page: not more often than this, in ms. */
const SPOKEN_MS = 10_000

/** The page. */
export class App {
  readonly #host: HTMLElement
  readonly #model = new Model()
  readonly #tape = new Tape()
  readonly #graph = new GraphView((box, isEdge) => {
    this.select(box)
    if (isEdge) this.#tap(box)
  })
  readonly #charts = new Charts()
  readonly #table = new StageTable()
  readonly #connection = new Connection((frame) => { this.#take(frame) }, (link, says) => { this.#linked(link, says) })
  #link: Link | 'recording' = 'connecting'
  #says = ''
  #lastFrameAt = Date.now()
  #selected: string | undefined
  #history: Series | undefined
  #tapped: Tapped | undefined
  #isTable = false
  #filter = ''
  #note = ''
  #spoken = { text: '', at: 0 }
  #replay: { readonly frames: readonly Frame[]; position: number } | undefined
  #isDrawing = false

  constructor(host: HTMLElement) {
    this.#host = host
    setInterval(() => { this.#draw() }, TEXT_MS)
    keysOf({ ...this.#actions, help: () => { this.#openHelp() }, find: () => { document.querySelector<HTMLInputElement>('#find')?.focus() }, pause: () => { this.#togglePause() }, close: () => { this.select(undefined) } })
    this.#acceptDrops()
    this.#connection.show(undefined)
    this.#draw()
  }

  /** Selects a box, or the box of a stage; undefined for none. */
  select(id: string | undefined): void {
    const box = id === undefined ? undefined : (this.#graph.boxes.boxOf.get(id) ?? id)
    if (box !== this.#selected) this.#tap(undefined)
    this.#selected = box
    this.#history = undefined
    void this.#loadHistory()
    this.#draw()
  }

  get #actions() {
    return {
      control: (action: 'pause' | 'resume' | 'stop' | 'abort') => { void this.#control(action) },
      find: (text: string) => { this.#find(text) },
      table: () => { this.#isTable = !this.#isTable; this.#draw() },
      tap: (stage: string | undefined) => { this.#tap(stage) },
      hold: () => { if (this.#tapped) this.#tapped.isHeld = !this.#tapped.isHeld; this.#draw() },
      fit: () => { this.#graph.fit() },
      zoom: (factor: number) => { this.#graph.zoomBy(factor) },
      culprit: () => {
        const stage = this.#model.summary?.found.stage
        if (stage == null) return
        this.select(stage)
        this.#graph.focus(this.#graph.boxes.boxOf.get(stage))
      },
    }
  }

  #take(frame: Frame): void {
    this.#lastFrameAt = Date.now()
    this.#tape.keep(frame)
    if (!this.#model.take(frame)) { this.#connection.show(this.#model.shown); return }
    if (frame.t === 'runs') this.#secondIsOver(frame)
    this.#paintSoon()
  }

  /** Shows the first run that there is, until somebody chooses another one. */
  #secondIsOver(frame: Extract<Frame, { t: 'runs' }>): void {
    const { shown } = this.#model
    if (!frame.runs.some(({ id }) => id === shown)) {
      const next = frame.runs[0]?.id
      if (next !== undefined) this.#show(next)
    }
    if (this.#link === 'live') void this.#loadHistory()
  }

  #show(run: number): void {
    if (this.#replay === undefined && run === this.#model.shown) return
    this.#model.show(run)
    this.#tap(undefined)
    this.#selected = undefined
    if (this.#replay) this.#seek(this.#replay.position)
    else this.#connection.show(run)
    this.#draw()
  }

  #linked(link: Link, says: string): void {
    this.#link = link
    this.#says = says
    if (link !== 'live') this.#tap(undefined)
    this.#host.classList.toggle('stale', link === 'lost' || link === 'refused')
    this.#draw()
  }

  /** Values pass in a run at work; inner stages, which are shown together, come and go. */
  #canTap(steps: readonly string[]): boolean {
    const { hello, summary } = this.#model
    return hello?.taps === true && this.#link === 'live' && summary?.endedAgoMs === null && !steps.some((id) => this.#model.stage(id)?.inner)
  }

  #tap(stage: string | undefined): void {
    const { shown } = this.#model
    this.#tapped?.end()
    this.#tapped = stage === undefined || shown === undefined || !this.#canTap([stage]) ? undefined : new Tapped(this.#connection, shown, stage, () => { requestAnimationFrame(() => { this.#draw() }) })
    this.#draw()
  }

  #paintSoon(): void {
    if (this.#isDrawing) return
    this.#isDrawing = true
    requestAnimationFrame(() => {
      this.#isDrawing = false
      this.#graph.setStats(this.#model.stats)
      this.#graph.paint(this.#model)
    })
  }

  #draw(): void {
    const { summary, stats } = this.#model
    this.#graph.setStats(stats)
    this.#graph.update(this.#model)
    this.#graph.mark(isMarked(summary?.found.severity) ? summary?.found.stage : undefined, summary?.found.severity ?? 'none', this.#selected)
    render(this.#page(), this.#host)
    this.#charts.update(this.#model.timeline)
    this.#paintSoon()
  }

  #page(): TemplateResult {
    const model = this.#model
    return html`${header(model, { link: this.#link, says: this.#says, ageMs: Date.now() - this.#lastFrameAt }, { save: () => { void this.#tape.save(model.hello?.title ?? 'sluice') }, open: (file) => { void this.#open(file) }, help: () => { this.#openHelp() } })}
      <div class="body">${sidebar(model, (run) => { this.#show(run) })}<main>${this.#main()}</main></div>
      <div class="spoken" role="status" aria-live="polite">${this.#toSpeak()}</div>${help()}${confirmDialog()}`
  }

  #main(): TemplateResult {
    const model = this.#model
    const { summary } = model
    if (this.#link === 'refused') return nothingYet('This token is not the program\'s', this.#says)
    if (summary === undefined) return nothingYet('No run yet', 'This page shows every run of the process as soon as it begins.')
    const box = this.#graph.boxes.boxes.find(({ id }) => id === this.#selected)
    return html`${runBar(model, summary, this.#isTable, this.#replay === undefined && model.hello?.controls === true, this.#actions)}${banner(summary, this.#actions)}
      ${this.#note === '' ? nothing : html`<p class="note" role="alert">${this.#note}</p>`}${this.#replay ? scrubber(this.#replay, (position) => { this.#seek(position) }) : nothing}
      <div class="stage-area"><div class="graph-area" ?hidden=${this.#isTable}>${this.#graph.element}${legend(this.#actions)}</div>
      ${this.#isTable ? this.#table.view(model, this.#filter, (id) => { this.select(id) }, () => { this.#draw() }) : nothing}
      ${box ? stagePanel(model, box, this.#history, () => { this.select(undefined) }, this.#underCounts(box.steps)) : nothing}</div>
      ${this.#charts.element}<div class="lists">${limitsPanel(model, (change) => { void this.#send(change) })}${failuresList(model, (stage) => { this.select(stage) })}${eventsList(model)}</div>`
  }

  /** What can be changed of the selected stage, and the values that leave it. */
  #underCounts(steps: readonly string[]): TemplateResult {
    const { shown, hello, summary } = this.#model
    const canSteer = hello?.controls === true && this.#replay === undefined && summary?.endedAgoMs === null && shown !== undefined
    return html`${canSteer ? adjustFields(shown, steps.flatMap((id) => this.#model.stage(id) ?? []), (control) => { void this.#send(control) }) : nothing}${this.#canTap(steps) ? valuesPanel(steps, this.#tapped, this.#actions) : nothing}`
  }

  async #control(action: 'pause' | 'resume' | 'stop' | 'abort'): Promise<void> {
    const { shown: run, stats, summary } = this.#model
    if (run === undefined) return
    const held = stats?.totals.inFlight ?? 0
    if (action === 'stop' && !(await confirmed(`Stop '${summary?.name ?? ''}'? Sources end, and the ${held} values in flight are dealt with.`))) return
    if (action === 'abort' && !(await confirmed(`Abort '${summary?.name ?? ''}'? The ${held} values in flight are given up.`))) return
    await this.#send({ run, action })
  }

  async #send(control: Parameters<Connection['control']>[0]): Promise<void> {
    try {
      this.#note = await this.#connection.control(control)
    } catch {
      this.#note = 'the program did not answer'
    }
    setTimeout(() => { this.#note = ''; this.#draw() }, 4000)
    this.#draw()
  }

  #togglePause(): void {
    if (this.#model.hello?.controls === true && this.#replay === undefined) void this.#control(this.#model.summary?.status === 'paused' ? 'resume' : 'pause')
  }

  #find(text: string): void {
    this.#filter = text
    const wanted = text.toLowerCase()
    const found = wanted === '' ? undefined : this.#model.stats?.stages.find(({ name, site }) => `${name} ${site ?? ''}`.toLowerCase().includes(wanted))
    if (found) this.select(found.id)
    else this.#draw()
  }

  async #loadHistory(): Promise<void> {
    const { shown } = this.#model
    const box = this.#graph.boxes.boxes.find(({ id }) => id === this.#selected)
    if (box === undefined || shown === undefined || this.#replay) return
    const history = await this.#connection.history(shown, box.clock ?? box.id).catch(() => undefined)
    if (this.#selected === box.id) this.#history = history
  }

  /** Verdicts, and not the figures: whoever listens would hear nothing else. */
  #toSpeak(): string {
    const { summary } = this.#model
    const text = this.#link === 'lost' ? 'connection lost' : summary?.failure ? `${summary.name} has failed: ${summary.failure.error}` : isMarked(summary?.found.severity) ? (summary?.found.message ?? '') : ''
    if (text !== this.#spoken.text && Date.now() - this.#spoken.at > SPOKEN_MS) this.#spoken = { text, at: Date.now() }
    return this.#spoken.text
  }

  #openHelp(): void {
    document.querySelector<HTMLDialogElement>('#help')?.showModal()
  }

  async #open(file: Blob): Promise<void> {
    try {
      const frames = await readTape(file)
      this.#connection.close()
      this.#replay = { frames, position: frames.length }
      this.#link = 'recording'
      this.#model.show(undefined)
      this.#seek(frames.length)
    } catch (error) {
      this.#note = error instanceof Error ? error.message : 'this is no recording'
    }
    this.#draw()
  }

  /** Plays the recording from its beginning up to there: changes are small, and an hour of them takes a moment. */
  #seek(position: number): void {
    const { frames } = this.#replay ?? { frames: [] }
    if (this.#replay) this.#replay.position = position
    const before = frames.slice(0, position)
    const runs = before.findLast((frame) => frame.t === 'runs')
    const shown = this.#model.shown ?? before.findLast((frame) => frame.t === 'full')?.run ?? runs?.runs[0]?.id
    this.#model.show(shown)
    for (const frame of before) this.#model.take(frame)
    this.#draw()
  }

  #acceptDrops(): void {
    document.addEventListener('dragover', (event) => { event.preventDefault() })
    document.addEventListener('drop', (event) => {
      event.preventDefault()
      const file = event.dataTransfer?.files[0]
      if (file) void this.#open(file)
    })
  }
}

function isMarked(severity: string | undefined): boolean {
  return severity === 'advice' || severity === 'problem'
}

/** Asks; resolves when the dialog is closed. */
async function confirmed(question: string): Promise<boolean> {
  const dialog = document.querySelector<HTMLDialogElement>('#confirm')
  const text = dialog?.querySelector('p')
  if (!dialog || !text) return false
  text.textContent = question
  dialog.returnValue = ''
  dialog.showModal()
  await new Promise((resolve) => { dialog.addEventListener('close', resolve, { once: true }) })
  return dialog.returnValue === 'yes'
}

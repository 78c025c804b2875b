import type { Model } from '../model'
import { mainState } from '../states'
import { clipped, count, duration, percent, rate } from '../format'
import type { Box } from './boxes'
import { GLYPHS } from './glyphs'
import { BOX, JOINT, type Place } from './layout'
import { svg } from './svg'

/** One box as SVG: its frame, its names, and the texts that change twice a second. */
export class BoxElement {
  readonly element: SVGGElement
  readonly #box: Box
  readonly #state = svg('text', { class: 'state', x: BOX.width - 14, y: 25, 'text-anchor': 'end' })
  readonly #left = svg('text', { class: 'figure', x: 14, y: 82 })
  readonly #right = svg('text', { class: 'figure quiet', x: BOX.width - 14, y: 82, 'text-anchor': 'end' })
  readonly #queue = svg('text', { class: 'figure joint', x: BOX.width + JOINT.gap + JOINT.width / 2, y: BOX.height / 2 + JOINT.height / 2 + 14, 'text-anchor': 'middle' })
  readonly #age = svg('text', { class: 'figure joint quiet', x: BOX.width + JOINT.gap + JOINT.width / 2, y: BOX.height / 2 - JOINT.height / 2 - 7, 'text-anchor': 'middle' })

  constructor(box: Box, { x, y }: Place) {
    this.#box = box
    const drawn = svg('g', {},
      svg('rect', { class: 'frame', width: BOX.width, height: BOX.height, rx: 10 }),
      svg('path', { class: 'glyph', 'aria-hidden': 'true', d: GLYPHS[box.kind], transform: 'translate(11 12)' }),
      svg('text', { class: 'title', x: 33, y: 25 }, clipped(box.title, 15)),
      svg('text', { class: 'steps', x: 14, y: 41 }, clipped(box.subtitle, 36)),
      this.#state, this.#left, this.#right)
    if (box.hasQueue) {
      const y2 = BOX.height / 2
      drawn.append(svg('path', { class: 'pipe', d: `M${BOX.width} ${y2}h${JOINT.gap}` }), this.#queue, this.#age)
    }
    drawn.append(svg('path', { class: 'mark', d: `M${BOX.width / 2 - 9} -7 l9 -13 l9 13z` }))
    this.element = svg('g', { class: `box ${box.kind}`, transform: `translate(${x} ${y})`, role: 'button', tabindex: -1 }, drawn)
  }

  /** The texts of this moment. */
  update(model: Model): void {
    const { steps, clock, id, kind } = this.#box
    const last = model.stage(id)
    if (last === undefined) return
    const timed = model.stage(clock)
    const shares = timed ? model.window.shares(timed) : undefined
    const main = shares ? mainState(shares) : undefined
    set(this.#state, main ? `${main.state.letter} ${percent(main.share)}` : '')
    set(this.#left, `${count(last.out)} ${kind === 'sink' ? 'done' : kind === 'source' && last.inputs.length === 0 ? 'read' : 'out'}`)
    const calling = steps.map((step) => model.stage(step)).find((stage) => stage?.calls)
    const { calls } = calling ?? {}
    set(this.#right, calling && calls ? `${model.window.inFlight(calling).toFixed(1)}${calls.concurrency === null ? '' : `/${calls.concurrency}`} calls${calls.serviceMs ? ` · ${duration(calls.serviceMs.p95)}` : ''}` : lossOf(model, steps))
    const { queue } = last
    if (queue) {
      set(this.#queue, queue.capacity === null ? count(queue.size) : `${count(queue.size)}/${count(queue.capacity)}`)
      set(this.#age, queue.oldestMs === null || queue.oldestMs < 1 ? '' : duration(queue.oldestMs))
    }
    const says = `${kind} ${this.#box.title}${main ? `, ${main.state.name} ${percent(main.share)}` : ''}, ${rate(model.window.rate(last))}${queue ? `, queue ${queue.size}${queue.capacity === null ? '' : ` of ${queue.capacity}`}` : ''}`
    // The texts are the name of the box; this says in words what they abbreviate.
    if (this.element.getAttribute('aria-description') !== says) this.element.setAttribute('aria-description', says)
  }
}

/** What was lost at a box, if anything was. */
function lossOf(model: Model, steps: readonly string[]): string {
  let dropped = 0
  let errors = 0
  for (const id of steps) {
    const stage = model.stage(id)
    dropped += stage?.dropped ?? 0
    errors += stage?.errors ?? 0
  }
  return [dropped > 0 ? `${count(dropped)} dropped` : '', errors > 0 ? `${count(errors)} errors` : ''].filter((part) => part !== '').join(' · ')
}

function set(element: SVGTextElement, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

import type { Model } from '../model'
import type { Box } from './boxes'
import { BOX, JOINT, type Layout } from './layout'
import { readPalette, type Palette } from './patterns'

/** Where the world stands in the view. */
export interface View {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

/** The bar of states inside of a box. */
const BAR = { x: 14, y: 48, height: 13, width: BOX.width - 28 }

/** Draws what changes ten times a second, on one canvas over the boxes: 200 boxes take 6 ms this way, and 50 as elements. */
export class Painter {
  readonly #canvas: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D
  #palette: Palette
  /** What joints are filled to, as it is drawn: it follows the figures softly. */
  readonly #fills = new Map<string, number>()
  readonly #isStill = matchMedia('(prefers-reduced-motion: reduce)')

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('this browser draws on no canvas')
    this.#canvas = canvas
    this.#context = context
    this.#palette = readPalette(context)
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { this.recolor() })
  }

  recolor(): void {
    this.#palette = readPalette(this.#context)
  }

  paint(model: Model, boxes: readonly Box[], layout: Layout, view: View): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas
    const ratio = devicePixelRatio
    if (this.#canvas.width !== Math.round(width * ratio) || this.#canvas.height !== Math.round(height * ratio)) {
      this.#canvas.width = Math.round(width * ratio)
      this.#canvas.height = Math.round(height * ratio)
    }
    const pen = this.#context
    pen.setTransform(1, 0, 0, 1, 0, 0)
    pen.clearRect(0, 0, this.#canvas.width, this.#canvas.height)
    pen.setTransform(ratio * view.zoom, 0, 0, ratio * view.zoom, ratio * view.x, ratio * view.y)
    for (const box of boxes) {
      const place = layout.places.get(box.id)
      if (place === undefined) continue
      // What is out of sight is not drawn.
      if (view.x + (place.x + 280) * view.zoom < 0 || view.x + place.x * view.zoom > width || view.y + (place.y + 110) * view.zoom < 0 || view.y + place.y * view.zoom > height) continue
      this.#states(model, box, place.x + BAR.x, place.y + BAR.y)
      if (box.hasQueue) this.#joint(model, box, place.x + BOX.width + JOINT.gap, place.y + (BOX.height - JOINT.height) / 2)
    }
  }

  #states(model: Model, box: Box, x: number, y: number): void {
    const pen = this.#context
    this.#beginBar(x, y, BAR.width, BAR.height, 4)
    const clock = model.stage(box.clock)
    const shares = clock ? model.window.shares(clock) : undefined
    let at = x
    if (shares) {
      shares.forEach((share, i) => {
        const width = share * BAR.width
        pen.fillStyle = this.#palette.states[i] ?? ''
        if (width > 0.3) pen.fillRect(at, y, width, BAR.height)
        at += width
        // A hair between two states.
        if (width > 2 && i < shares.length - 1) pen.clearRect(at - 0.6, y, 1.2, BAR.height)
      })
    } else {
      // Steps without a clock: what of the time their code was on the CPU.
      const working = box.steps.reduce((sum, id) => { const stage = model.stage(id); return sum + (stage ? model.window.workingShare(stage) : 0) }, 0)
      pen.fillStyle = this.#palette.states[0] ?? ''
      pen.fillRect(x, y, Math.min(1, working) * BAR.width, BAR.height)
    }
    pen.restore()
  }

  /** An empty bar with round corners; what is drawn until `restore()` stays inside of it. */
  #beginBar(x: number, y: number, width: number, height: number, radius: number): void {
    const pen = this.#context
    pen.save()
    pen.beginPath()
    pen.roundRect(x, y, width, height, radius)
    pen.fillStyle = this.#palette.track
    pen.fill()
    pen.clip()
  }

  #joint(model: Model, box: Box, x: number, y: number): void {
    const queue = model.stage(box.id)?.queue
    if (!queue) return
    const pen = this.#context
    const target = Math.min(1, Math.max(queue.capacity ? queue.size / queue.capacity : queue.size > 0 ? 0.5 : 0, queue.maxWeight && queue.weight ? queue.weight / queue.maxWeight : 0))
    const before = this.#fills.get(box.id) ?? target
    const fill = this.#isStill.matches ? target : before + (target - before) * 0.45
    this.#fills.set(box.id, fill)
    this.#beginBar(x, y, JOINT.width, JOINT.height, 5)
    pen.fillStyle = target >= 0.98 ? this.#palette.full : this.#palette.fill
    pen.fillRect(x, y + JOINT.height * (1 - fill), JOINT.width, JOINT.height * fill)
    pen.restore()
    pen.beginPath()
    pen.roundRect(x, y, JOINT.width, JOINT.height, 5)
    pen.strokeStyle = this.#palette.line
    pen.lineWidth = 1.3
    pen.stroke()
  }
}

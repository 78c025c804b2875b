import type { RunStats } from '@sluice/core'
import { rate } from '../format'
import type { Model } from '../model'
import { BoxElement } from './box-element'
import { boxesOf, type Boxes } from './boxes'
import { Layouts, type Layout } from './layout'
import { Painter, type View } from './painter'
import { lineOf } from './paths'
import { svg } from './svg'

const EMPTY: Boxes = { boxes: [], edges: [], boxOf: new Map() }
/** Around the graph, and above it for the mark of the culprit. */
const MARGIN = 40
const LARGEST = 1.1

/** The graph of a run: boxes and lines as SVG, what moves on a canvas over it. */
export class GraphView {
  readonly element = document.createElement('div')
  #boxes = EMPTY
  #layouts = new Layouts(EMPTY)
  #layout: Layout = { width: 1, height: 1, places: new Map(), frames: [] }
  #elements = new Map<string, BoxElement>()
  readonly #labels: { readonly from: string; readonly text: SVGTextElement }[] = []
  readonly #world = svg('g', {})
  readonly #svg = svg('svg', { class: 'graph', role: 'group', 'aria-label': 'stages, from the sources to the sinks' }, this.#world)
  readonly #canvas = document.createElement('canvas')
  readonly #painter: Painter
  readonly #onSelect: (box: string, isEdge: boolean) => void
  readonly #edges = new Map<EventTarget, string>()
  #view: View = { x: 0, y: 0, zoom: 1 }
  #isFitted = true
  #topology = ''

  /** @param onSelect is told of a box that is chosen; or of the one that an edge comes from. */
  constructor(onSelect: (box: string, isEdge: boolean) => void) {
    this.#onSelect = onSelect
    this.element.className = 'graph-host'
    this.#canvas.setAttribute('aria-hidden', 'true')
    this.element.append(this.#svg, this.#canvas)
    this.#painter = new Painter(this.#canvas)
    new ResizeObserver(() => { if (this.#isFitted) this.fit() }).observe(this.element)
    this.#listen()
  }

  get boxes(): Boxes {
    return this.#boxes
  }

  /** Shows new figures. Lays out the graph again where the stages have changed. */
  setStats(stats: RunStats | undefined): void {
    const topology = stats?.stages.map(({ id, inputs, driver }) => `${id}<${inputs.join()}<${driver}`).join('\n') ?? ''
    if (topology === this.#topology) return
    this.#topology = topology
    this.#boxes = stats ? boxesOf(stats) : EMPTY
    this.#layouts = new Layouts(this.#boxes)
    this.#layout = { width: 1, height: 1, places: new Map(), frames: [] }
    this.fit()
  }

  /** The texts: twice a second. */
  update(model: Model): void {
    for (const element of this.#elements.values()) element.update(model)
    for (const { from, text } of this.#labels) {
      const stage = model.stage(from)
      const says = stage ? rate(model.window.rate(stage)) : ''
      if (text.textContent !== says) text.textContent = says
    }
  }

  paint(model: Model): void {
    this.#painter.paint(model, this.#boxes.boxes, this.#layout, this.#view)
  }

  /** Marks the stage that holds the run back, and the one that is selected; undefined for none. */
  mark(culprit: string | null | undefined, severity: string, selected: string | undefined): void {
    const at = culprit ? this.#boxes.boxOf.get(culprit) : undefined
    for (const [id, { element }] of this.#elements) {
      element.classList.toggle('culprit', id === at)
      element.classList.toggle('problem', id === at && severity === 'problem')
      element.classList.toggle('selected', id === selected)
      element.setAttribute('aria-pressed', String(id === selected))
    }
  }

  focus(id: string | undefined): void {
    const element = this.#elements.get(id ?? '')?.element
    if (element === undefined) return
    for (const other of this.#elements.values()) other.element.setAttribute('tabindex', '-1')
    element.setAttribute('tabindex', '0')
    element.focus()
  }

  /** The whole graph is seen. */
  fit(): void {
    const { clientWidth: width, clientHeight: height } = this.element
    if (width === 0) return
    this.#isFitted = true
    const layout = this.#layouts.best(width - 2 * MARGIN, height - 2 * MARGIN - 14)
    if (layout !== this.#layout) {
      this.#layout = layout
      this.#build()
    }
    const zoom = Math.min(LARGEST, (width - 2 * MARGIN) / this.#layout.width, (height - 2 * MARGIN - 14) / this.#layout.height)
    this.#setView({ zoom, x: (width - this.#layout.width * zoom) / 2, y: (height - this.#layout.height * zoom) / 2 + 6 })
  }

  /** Nearer or further, around a place of the view. */
  zoomBy(factor: number, x = this.element.clientWidth / 2, y = this.element.clientHeight / 2): void {
    this.#isFitted = false
    const zoom = Math.min(3, Math.max(0.05, this.#view.zoom * factor))
    const scale = zoom / this.#view.zoom
    this.#setView({ zoom, x: x - (x - this.#view.x) * scale, y: y - (y - this.#view.y) * scale })
  }

  #setView(view: View): void {
    this.#view = view
    this.#world.setAttribute('transform', `translate(${view.x} ${view.y}) scale(${view.zoom})`)
    // Far away, small texts are noise.
    this.#svg.classList.toggle('far', view.zoom < 0.5)
    this.#svg.classList.toggle('farther', view.zoom < 0.28)
  }

  #build(): void {
    this.#elements = new Map()
    this.#edges.clear()
    this.#labels.length = 0
    const lines: SVGElement[] = [svg('defs', {}, svg('marker', { id: 'tip', viewBox: '0 0 8 8', refX: 6, refY: 4, markerWidth: 8, markerHeight: 8, orient: 'auto' }, svg('path', { class: 'tip', d: 'M0 0L8 4L0 8z' })))]
    const labels: SVGElement[] = []
    const known = new Map(this.#boxes.boxes.map((box) => [box.id, box]))
    for (const { from, to } of this.#boxes.edges) {
      const start = this.#layout.places.get(from)
      const end = this.#layout.places.get(to)
      if (start === undefined || end === undefined) continue
      const { path, x, y } = lineOf(start, known.get(from)?.hasQueue === true, end)
      // A line is thin: what is clicked is a wide one that nobody sees.
      const target = svg('path', { class: 'edge-target', d: path })
      this.#edges.set(target, from)
      lines.push(svg('path', { class: 'edge', d: path, 'marker-end': 'url(#tip)' }), target)
      // Where a stage hands the same values to several, the rate of each is told by its box.
      if (this.#boxes.edges.filter((edge) => edge.from === from).length > 1) continue
      const text = svg('text', { class: 'figure rate', x, y: y - 7, 'text-anchor': 'middle' })
      this.#labels.push({ from, text })
      labels.push(text)
    }
    for (const box of this.#boxes.boxes) {
      const place = this.#layout.places.get(box.id)
      if (place) this.#elements.set(box.id, new BoxElement(box, place))
    }
    this.#world.replaceChildren(...lines, ...[...this.#elements.values()].map(({ element }) => element), ...labels)
    const [first] = this.#elements.values()
    first?.element.setAttribute('tabindex', '0')
  }

  #listen(): void {
    const boxAt = (target: EventTarget | null): string | undefined => {
      const found = [...this.#elements].find(([, { element }]) => target instanceof Node && element.contains(target))
      return found?.[0]
    }
    this.#svg.addEventListener('click', (event) => {
      const box = boxAt(event.target)
      const edge = event.target === null ? undefined : this.#edges.get(event.target)
      if (box !== undefined) this.#onSelect(box, false)
      else if (edge !== undefined) this.#onSelect(edge, true)
    })
    this.#svg.addEventListener('keydown', (event) => {
      const box = boxAt(event.target)
      if (box === undefined) return
      if (event.key === 'Enter' || event.key === ' ') this.#onSelect(box, false)
      else if (!this.#step(box, event.key)) return
      event.preventDefault()
    })
    this.#svg.addEventListener('wheel', (event) => {
      event.preventDefault()
      const { left, top } = this.element.getBoundingClientRect()
      this.zoomBy(Math.exp(-event.deltaY / 400), event.clientX - left, event.clientY - top)
    }, { passive: false })
    this.#svg.addEventListener('pointerdown', (event) => { if (boxAt(event.target) === undefined && !(event.target !== null && this.#edges.has(event.target))) this.#drag(event) })
  }

  /** Arrow keys go along the lines, and up and down between neighbours. */
  #step(box: string, key: string): boolean {
    const { edges, boxes } = this.#boxes
    if (key === 'ArrowRight') this.focus(edges.find(({ from }) => from === box)?.to)
    else if (key === 'ArrowLeft') this.focus(edges.find(({ to }) => to === box)?.from)
    else if (key === 'ArrowUp' || key === 'ArrowDown') {
      const here = this.#layout.places.get(box)
      const way = key === 'ArrowDown' ? 1 : -1
      const near = boxes.flatMap(({ id }) => {
        const place = this.#layout.places.get(id)
        return here && place && (place.y - here.y) * way > 1 ? [{ id, away: Math.abs(place.x - here.x) + Math.abs(place.y - here.y) }] : []
      }).sort((a, b) => a.away - b.away)
      this.focus(near[0]?.id)
    } else return false
    return true
  }

  #drag(start: PointerEvent): void {
    const from = this.#view
    this.#svg.setPointerCapture(start.pointerId)
    const move = (event: PointerEvent): void => {
      this.#isFitted = false
      this.#setView({ ...from, x: from.x + event.clientX - start.clientX, y: from.y + event.clientY - start.clientY })
    }
    this.#svg.addEventListener('pointermove', move)
    this.#svg.addEventListener('pointerup', () => { this.#svg.removeEventListener('pointermove', move) }, { once: true })
  }
}

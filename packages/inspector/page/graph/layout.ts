import { Graph, layout as dagreLayout } from '@dagrejs/dagre'
import type { Edge } from './boxes'
import { frame, placesOf, type FramePlace, type PlannedFrame } from './frames'

/** What is laid out. */
export interface Plan {
  readonly boxes: readonly { readonly id: string; readonly hasQueue: boolean }[]
  readonly edges: readonly Edge[]
  /** Frames around boxes. A frame stands behind the one it is in. */
  readonly frames?: readonly PlannedFrame[] | undefined
}

export const BOX = { width: 228, height: 96 }
/** The joint behind a box: the gap before it, and its bar. */
export const JOINT = { gap: 22, width: 18, height: 66 }
const GAP = { ranks: 74, boxes: 34, rows: 64 }
/** So many boxes are laid out in every number of rows to see which is best; of more it is reckoned. */
const TRIED = 24

export interface Place {
  readonly x: number
  readonly y: number
  readonly row: number
  /** Where its row begins. */
  readonly top: number
}

export interface Layout {
  readonly width: number
  readonly height: number
  /** The upper left corner of each box. */
  readonly places: ReadonlyMap<string, Place>
  /** Outer ones first in each row. */
  readonly frames: readonly FramePlace[]
}

/** The layouts of one graph, by their number of rows: each is made once. */
export class Layouts {
  readonly #boxes: Plan
  readonly #ranks: ReadonlyMap<string, number>
  readonly #made = new Map<number, Layout>()

  constructor(boxes: Plan) {
    this.#boxes = boxes
    this.#ranks = ranksOf(boxes)
  }

  /** The one whose boxes are the largest in a view of this size. */
  best(width: number, height: number): Layout {
    const columns = Math.max(0, ...this.#ranks.values()) + 1
    const likely = likelyRows(this.#ranks, columns, width / height)
    const counts = this.#boxes.boxes.length <= TRIED ? Array.from({ length: Math.min(columns, 4) }, (_, i) => i + 1) : [likely]
    const zoomOf = (layout: Layout): number => Math.min(1, width / layout.width, height / layout.height)
    // Of two that are about as large the one with fewer rows is read more easily.
    return counts.map((count) => this.#inRows(count)).reduce((best, layout) => (zoomOf(layout) > zoomOf(best) * 1.2 ? layout : best))
  }

  #inRows(count: number): Layout {
    let layout = this.#made.get(count)
    if (layout === undefined) this.#made.set(count, (layout = layOut(this.#boxes, rowsOf(this.#ranks, this.#boxes.edges, count))))
    return layout
  }
}

/** Where each box stands: from left to right, row by row. */
function layOut(plan: Plan, rows: readonly (readonly string[])[]): Layout {
  const places = new Map<string, Place>()
  const frames: FramePlace[] = []
  let width = 0
  let height = 0
  rows.forEach((row, index) => {
    const size = layOutRow(row, plan, index, height, places)
    frames.push(...size.frames)
    width = Math.max(width, size.width)
    height += size.height + (index < rows.length - 1 ? GAP.rows : 0)
  })
  return { width, height, places, frames }
}

/** How many boxes come before each at most. */
function ranksOf({ boxes, edges }: Plan): ReadonlyMap<string, number> {
  const ranks = new Map(boxes.map(({ id }) => [id, 0]))
  // As often as there are boxes at most: a circle would go on.
  for (let round = 0, moved = true; moved && round < boxes.length; round++) {
    moved = false
    for (const { from, to } of edges) {
      const rank = (ranks.get(from) ?? 0) + 1
      if (rank <= (ranks.get(to) ?? 0)) continue
      ranks.set(to, rank)
      moved = true
    }
  }
  return ranks
}

/** In how many rows a graph has about the proportions of the view. */
function likelyRows(ranks: ReadonlyMap<string, number>, columns: number, aspect: number): number {
  const columnWidth = BOX.width + JOINT.gap + JOINT.width + GAP.ranks
  const rowHeight = Math.ceil(ranks.size / columns) * (BOX.height + GAP.boxes) + GAP.rows
  return Math.max(1, Math.min(columns, Math.round(Math.sqrt((columns * columnWidth) / (rowHeight * aspect)))))
}

/** Cuts the ranks into rows of about the same length, where few edges are cut. */
function rowsOf(ranks: ReadonlyMap<string, number>, edges: Plan['edges'], count: number): string[][] {
  const columns: string[][] = []
  for (const [id, rank] of ranks) (columns[rank] ??= []).push(id)
  const cutEdges = (rank: number): number => edges.filter(({ from, to }) => (ranks.get(from) ?? 0) < rank && (ranks.get(to) ?? 0) >= rank).length
  const cuts: number[] = []
  for (let i = 1; i < count; i++) {
    const ideal = Math.round((columns.length * i) / count)
    const slack = Math.max(1, Math.floor(columns.length / count / 4))
    const near = Array.from({ length: 2 * slack + 1 }, (_, j) => ideal - slack + j).filter((rank) => rank > (cuts.at(-1) ?? 0) && rank < columns.length)
    const best = near.sort((a, b) => cutEdges(a) - cutEdges(b) || Math.abs(a - ideal) - Math.abs(b - ideal))[0]
    if (best !== undefined) cuts.push(best)
  }
  return [0, ...cuts].map((from, i) => columns.slice(from, cuts[i] ?? columns.length).flat())
}

function layOutRow(row: readonly string[], { boxes, edges, frames = [] }: Plan, index: number, top: number, places: Map<string, Place>): { width: number; height: number; frames: FramePlace[] } {
  const inRow = new Set(row)
  const graph = new Graph({ compound: frames.length > 0 })
  graph.setGraph({ rankdir: 'LR', nodesep: GAP.boxes, ranksep: GAP.ranks, ranker: 'tight-tree' })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id, hasQueue } of boxes) {
    if (inRow.has(id)) graph.setNode(id, { width: BOX.width + (hasQueue ? JOINT.gap + JOINT.width : 0), height: BOX.height })
  }
  for (const { from, to } of edges) if (inRow.has(from) && inRow.has(to)) graph.setEdge(from, to)
  const framed = frame(graph, inRow, frames)
  dagreLayout(graph)
  let width = 0
  let height = 0
  for (const id of row) {
    const node = graph.node(id) as { x: number; y: number; width: number; height: number }
    places.set(id, { x: node.x - node.width / 2, y: top + node.y - node.height / 2, row: index, top })
    width = Math.max(width, node.x + node.width / 2)
    height = Math.max(height, node.y + node.height / 2)
  }
  for (const { x, y, ...size } of framed.map((id) => graph.node(id) as { x: number; y: number; width: number; height: number })) {
    width = Math.max(width, x + size.width / 2)
    height = Math.max(height, y + size.height / 2)
  }
  return { width, height, frames: placesOf(framed, graph, top) }
}

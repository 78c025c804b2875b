import type { Graph } from '@dagrejs/dagre'

/** Boxes that are framed together. No frame has the id of a box. */
export interface PlannedFrame {
  readonly id: string
  /** The frame that it is in; undefined for none. */
  readonly parent: string | undefined
  /** The boxes that stand in this frame, and in none inside it. */
  readonly boxes: readonly string[]
}

/** A frame, or the part of a frame that is in one row. */
export interface FramePlace {
  readonly id: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Puts the boxes of a row into their frames. Answers the frames that have a box there, directly or in a frame inside. */
export function frame(graph: Graph, row: ReadonlySet<string>, frames: readonly PlannedFrame[]): string[] {
  const needed = new Set<string>()
  for (const { id, parent, boxes } of [...frames].reverse()) {
    if (!needed.has(id) && !boxes.some((box) => row.has(box))) continue
    needed.add(id)
    if (parent !== undefined) needed.add(parent)
  }
  const there = frames.filter(({ id }) => needed.has(id))
  for (const { id } of there) graph.setNode(id, {})
  for (const { id, parent, boxes } of there) {
    if (parent !== undefined) graph.setParent(id, parent)
    for (const box of boxes) if (row.has(box)) graph.setParent(box, id)
  }
  return there.map(({ id }) => id)
}

/** Where frames stand that were laid out. */
export function placesOf(frames: readonly string[], graph: Graph, top: number): FramePlace[] {
  return frames.map((id) => {
    const { x, y, width, height } = graph.node(id) as { x: number; y: number; width: number; height: number }
    return { id, x: x - width / 2, y: top + y - height / 2, width, height }
  })
}

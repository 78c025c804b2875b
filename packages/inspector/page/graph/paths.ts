import { BOX, JOINT, type Place } from './layout'

/** The line of an edge, and where its label stands. */
export interface Line {
  readonly path: string
  readonly x: number
  readonly y: number
}

/** From the right end of a box, or of its joint, to the left side of another one; round the rows where they differ. */
export function lineOf(from: Place, hasQueue: boolean, to: Place): Line {
  const x1 = from.x + BOX.width + (hasQueue ? JOINT.gap + JOINT.width : 0)
  const y1 = from.y + BOX.height / 2
  const x2 = to.x - 5
  const y2 = to.y + BOX.height / 2
  if (from.row === to.row && x2 > x1) {
    const bend = Math.max(24, (x2 - x1) / 2)
    return { path: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`, x: (x1 + x2) / 2, y: (y1 + y2) / 2 }
  }
  // Down behind the box, back to the left between the rows, down before the other box.
  const out = x1 + 20
  const back = to.x - 26
  // Above all boxes of the row: beside this one there may be others.
  const between = to.row > from.row ? to.top - 34 : from.top - 18
  const r = 8
  const side = back < out ? -1 : 1
  const path = `M${x1} ${y1}H${out - r}Q${out} ${y1} ${out} ${y1 + Math.sign(between - y1) * r}V${between - Math.sign(between - y1) * r}Q${out} ${between} ${out + side * r} ${between}`
    + `H${back - side * r}Q${back} ${between} ${back} ${between + Math.sign(y2 - between) * r}V${y2 - Math.sign(y2 - between) * r}Q${back} ${y2} ${back + r} ${y2}H${x2}`
  return { path, x: (out + back) / 2, y: between }
}

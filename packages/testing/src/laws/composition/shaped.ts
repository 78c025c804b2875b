import type { Source } from '@sluice/core'
import { SHAPES, type Shape } from '../shapes'

/** The shapes that compositions draw from: those whose values are all there is to them. */
export const COMPOSED_SHAPES: readonly Shape[] = SHAPES

/**
 * A source that gives these values in the way of one of {@link SHAPES}.
 *
 * @param name the name of the shape.
 *
 * @example
 * ```ts
 * await shaped('by twos', [1, 2, 3]).to(toArray()).run() // [1, 2, 3]
 * ```
 */
export function shaped(name: string, values: readonly number[]): Source<number> {
  const shape = SHAPES.find((each) => each.name === name)
  if (shape === undefined) throw new Error(`there is no shape '${name}'`)
  return shape.make(values) as Source<number>
}

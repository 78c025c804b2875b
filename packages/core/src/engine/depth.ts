import { PipelineDepthError } from '../errors'

/**
 * How many stages may stand behind one another, counted from the last one to the furthest source; neighbouring steps that
 * are pulled as one count once.
 *
 * Opening, closing and pulling go from stage to stage, a few frames of the stack for each. Engines have room for some
 * 10,000 frames. Measured in Node before anything was optimised, some 1,000 stages fill the stack.
 */
const MAX_DEPTH = 500

/** @throws PipelineDepthError where so many stages are too many. */
export function checkDepth(depth: number): number {
  if (depth > MAX_DEPTH) throw new PipelineDepthError(MAX_DEPTH)
  return depth
}

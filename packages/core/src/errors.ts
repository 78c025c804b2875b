import { describeValue } from './foreign/describe-value'

/** An option that cannot work. Thrown when a pipeline is built, before anything runs. */
export class OptionError extends RangeError {
  override readonly name: string = 'OptionError'
  readonly code = 'SLUICE_OPTION'

  constructor(
    /** The operator, queue or sink. */
    readonly owner: string,
    readonly option: string,
    readonly value: unknown,
    readonly allowed: string,
    message = `${owner}: ${option} must be ${allowed}, got ${describeValue(value)}`,
  ) {
    super(message)
  }
}

/** Somebody broke the protocol: a second pull inside a pull, an answer out of range. A bug in a stage, not in data. */
export class ProtocolError extends Error {
  override readonly name: string = 'ProtocolError'
  readonly code = 'SLUICE_PROTOCOL'
}

/**
 * A pipeline has more stages inside one another than there is stack for. Thrown when the pipeline is built, or where a
 * source that is opened in the middle of a run goes too deep.
 */
export class PipelineDepthError extends Error {
  override readonly name: string = 'PipelineDepthError'
  readonly code = 'SLUICE_DEPTH'

  constructor(
    /** How many stages may stand behind one another. */
    readonly limit: number,
  ) {
    super(`a pipeline may be ${limit} stages deep, and this one is deeper. Neighbouring steps such as map and filter count once. Give many sources to one operator, as in concat(a, b, c), or join two runs by a queue`)
  }
}

/** A queue was closed, so it takes no more values, or has no more to give. */
export class QueueClosedError extends Error {
  override readonly name: string = 'QueueClosedError'
  readonly code = 'SLUICE_QUEUE_CLOSED'
}

/** A bounded queue is full and its policy is `fail`, or too many un-awaited puts are waiting. */
export class QueueFullError extends Error {
  override readonly name: string = 'QueueFullError'
  readonly code = 'SLUICE_QUEUE_FULL'
}

/** An operation took longer than its `timeoutMs`. */
export class TimeoutError extends Error {
  override readonly name: string = 'TimeoutError'
  readonly code = 'SLUICE_TIMEOUT'
}

/**
 * Nothing of a run can go on: every stage waits for another stage of the same run, in a circle.
 *
 * Groups of `groupBy` that nobody reads while others wait for values, or two branches of one `broadcast` of which one is
 * read to its end before the other, come to this.
 */
export class DeadlockError extends Error {
  override readonly name: string = 'DeadlockError'
  readonly code = 'SLUICE_DEADLOCK'

  constructor(
    message: string,
    /** The names of the stages, each of which waits for the next one, and the last for the first. */
    readonly circle: readonly string[],
  ) {
    super(message)
  }
}

/** Why a run rejects when it was aborted without a reason of its own. */
export class AbortError extends Error {
  override readonly name: string = 'AbortError'
  readonly code = 'SLUICE_ABORTED'
}

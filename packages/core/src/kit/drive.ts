import type { Outcome } from '../contract/outcome'
import type { Pipeline } from '../contract/run'
import type { Openable } from '../contract/source'
import type { Stage } from '../contract/stage'
import { Driver } from '../engine/driver'
import { runningStage } from '../engine/running-stage'
import { ProtocolError } from '../errors'
import { isBranded, PIPELINE } from '../copies/brand'
import type { FlowPipeline } from '../run/flow-pipeline'

/** A pipeline at work inside a stage. */
export interface Drive {
  /** It takes its first turn. Until then nothing is pulled. */
  start(): void
  /**
   * Ends it from outside: its sink is aborted. Inside a write of its sink this takes effect when the write has
   * returned. No effect once it has finished.
   */
  end(outcome: Outcome): void
}

/** True for a pipeline that {@link drive} can drive: one that `source.to(sink)` of this library made. */
export function isDrivable(value: unknown): value is Pipeline<unknown> {
  return isFlowPipeline(value)
}

/**
 * Makes a stage run a pipeline as a part of its own run: same clock, same scheduler, same tickets, same abort.
 *
 * ```text
 *   stage ──drive──▶ [ source ─▶ … ─▶ sink ]      the sink has a task of its own
 *     ▲                                 │
 *     └──────────── finished ───────────┘      once, whatever happens
 * ```
 *
 * The stage decides what the end of it means: it is told of a failure, and fails by `stage.fail(outcome.error)` if it
 * chooses to; it waits for the end by not ending before; and it ends what still runs in its own `close`, where a
 * promise that settles when `finished` was called makes the run wait.
 *
 * @param owner the stage it runs in; what the pipeline's source opens is opened under it.
 * @param pipeline made by `source.to(sink)`.
 * @param finished called once, when the sink has ended or was aborted and the source was closed.
 *
 * @example
 * ```ts
 * const side = drive(stage, port.source.to(sink), (outcome) => {
 *   if (outcome.status === 'failed') stage.fail(outcome.error)
 * })
 * side.start()
 * ```
 */
export function drive<R>(owner: Stage, pipeline: Pipeline<R>, finished: (outcome: Outcome, result: R | undefined) => void): Drive {
  if (!isFlowPipeline<R>(pipeline)) throw new ProtocolError('drive: the pipeline must be one that source.to(sink) made')
  const stage = runningStage(owner)
  const source: Openable<unknown> = pipeline.source
  const sink = pipeline.sink
  const driver: Driver<unknown, R> = stage.scope.under(stage, () =>
    new Driver<unknown, R>(stage.scope, sink.name, pipeline.told, (outcome, result) => {
      driver.stage.close(outcome)
      finished(outcome, result)
    }).open(source, sink),
  )
  return driver
}

function isFlowPipeline<R>(value: unknown): value is FlowPipeline<unknown, R> {
  return isBranded(value, PIPELINE)
}

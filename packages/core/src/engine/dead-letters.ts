import { DONE } from '../contract/answers'
import type { Scope } from '../contract/scope'
import type { Intake, Sink } from '../contract/sink'
import { promiseOf } from '../foreign/promise-of'
import { ProtocolError } from '../errors'
import { isScope, type RunScope } from './run-scope'
import { RunningStage } from './running-stage'
import { shared } from './shared'

/** A dead letter sink of one run: opened by the first letter, ended when the run ends, shared by the stages that name it. */
export interface DeadLetterBox {
  /** Answers a promise where the sink needs time. A failure to write fails the stage that gave the item up. */
  write(letter: unknown): unknown
}

export function deadLetterBox(scope: Scope, sink: Sink<unknown, unknown>): DeadLetterBox {
  if (!isScope(scope)) throw new ProtocolError('a dead letter can only be written in a run')
  return shared(scope, sink, () => openBox(scope, sink))
}

function openBox(scope: RunScope, sink: Sink<unknown, unknown>): DeadLetterBox {
  const stage = new RunningStage<unknown>(scope, 'sink', sink.name ?? 'deadLetter', () => {})
  stage.isAside = true
  const intake: Intake<unknown, unknown> = sink.open(scope, stage)
  stage.start(() => ({ pull: () => DONE }))
  /** The write under way: letters are written one after the other, as every intake is promised. */
  let writing: Promise<unknown> | undefined

  const writeNow = (letter: unknown): unknown => {
    const work = intake.write([letter], 1, null)
    stage.out++
    return work
  }
  // A run that failed still owes its dead letters to the disk: they are ended, not aborted.
  scope.finallyDo(async () => {
    await writing
    await intake.end()
    // It may have failed after a write had answered: nobody else would hear of it.
    if (stage.failing) throw stage.error
  })

  return {
    write(letter) {
      const work = writing ? writing.then(() => writeNow(letter)) : writeNow(letter)
      const promise = promiseOf(work)
      if (promise === undefined) return undefined
      const settled: Promise<unknown> = promise
        .catch(() => {})
        .then(() => {
          if (writing === settled) writing = undefined
        })
      writing = settled
      return promise
    },
  }
}

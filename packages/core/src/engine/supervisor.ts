import { AnswerError, answeredNumber } from '../answered'
import type { Stage } from '../contract/stage'
import type { Decide, Decision, OnError } from '../contract/supervision'
import { ownPromise, promiseOf } from '../foreign/promise-of'
import { check } from '../options/rule'
import { decision } from '../options/rules'
import { runningStage } from './running-stage'

/** What a next try has to pass before it begins. */
export type Pass = (signal: AbortSignal) => PromiseLike<unknown>

/** Another try: how many ms to wait, and what it has to pass after that. */
export interface NextTry {
  readonly afterMs: number
  readonly pass: Pass | undefined
}

/** What is to become of a failed item: the ms to wait before its next try, or its fate. */
export type Ruling = NextTry | 'skipped' | 'restarted' | 'nacked' | 'deadLettered'

/** Decides about failures of user code. One mechanism for every stage. */
export interface Supervisor {
  /**
   * Answers the ruling, or a promise of it while a dead letter is being written.
   * Throws or rejects where the item has failed for good: with `error`, or with what kept the dead letter from being written.
   */
  decide(error: unknown, item: unknown, attempt: number): Ruling | Promise<Ruling>
}

/** Checks an `onError` option when a pipeline is built. */
export function checkOnError(owner: string, onError: unknown): void {
  check(decision, owner, 'onError', onError)
}

/** The supervisor of a stage; undefined where every failure fails the stage, so that nobody pays for it. */
export function supervisorOf<A>(handle: Stage, onError: OnError<A> | undefined): Supervisor | undefined {
  if (onError === undefined || onError === 'fail') return undefined
  const decide: Decide<A> = typeof onError === 'string' ? () => onError : onError
  const stage = runningStage(handle)
  return {
    decide(error, item, attempt) {
      stage.erred()
      const decision: Decision = decide(error, item as A, attempt, stage.scope.random)
      if (decision === 'nack') return 'nacked'
      if (decision === 'skip' || decision === 'restart') {
        stage.drop(1)
        return decision === 'skip' ? 'skipped' : 'restarted'
      }
      if (isObject(decision) && 'retryAfterMs' in decision) {
        stage.retried()
        const asked = 'the retryAfterMs that onError decided on'
        const afterMs = answeredNumber(stage.name, asked, decision.retryAfterMs, 0, Number.MAX_VALUE, { cause: error })
        return { afterMs, pass: decision.pass }
      }
      if (isObject(decision) && 'deadLetter' in decision && typeof decision.write === 'function') {
        const written = decision.write({ item, error, attempt }, stage)
        const done = (): Ruling => {
          stage.lettered()
          return 'deadLettered'
        }
        const writing = promiseOf(written)
        if (writing === undefined) return done()
        const settled = stage.waitFor('call')
        writing.then(settled, settled)
        return writing.then(done)
      }
      throw decision === 'fail' || (decision as unknown) === undefined ? error : noDecision(stage.name, decision, error)
    },
  }
}

/** A policy that has decided on nothing lets the item fail. What is no decision, such as a promise of one, is told. */
function noDecision(owner: string, answer: unknown, cause: unknown): AnswerError {
  if (isObject(answer)) ownPromise(answer as PromiseLike<unknown>)
  return new AnswerError(owner, 'onError', answer, "'fail', 'skip', 'restart', 'nack', or what retry(...) or deadLetter(...) decide, and no promise", { cause })
}

/** From JavaScript anything may be answered. */
function isObject<D>(decision: D): decision is D & object {
  return typeof decision === 'object' && decision !== null
}

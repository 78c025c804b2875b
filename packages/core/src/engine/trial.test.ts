import { describe, expect, it } from 'vitest'
import { settle, VirtualClock } from '@sluice/testing'
import { deadLetter, drain, type DeadLetter, type OnError, type RunOptions } from '../index'
import { DONE, PENDING, sink, source, Trial, Trials, type Stage, type Ticket } from '../authoring'

/** A run whose only stage is there to hold trials. */
function inRun(onError: OnError<number> | undefined, options: RunOptions = {}) {
  const told: Trial<number>[] = []
  const settled: string[] = []
  let stage!: Stage
  let trials!: Trials<number>
  const run = source<never>('holder', (opened) => {
    stage = opened
    trials = new Trials<number>(opened, onError, (trial) => { told.push(trial) })
    return { pull: () => (opened.failing ? DONE : PENDING), close: () => { trials.close() } }
  }).to(drain()).run(options)
  run.then(() => {}, () => {})
  const trialOf = (item: number): Trial<number> => {
    const ticket: Ticket = {
      split() {},
      ack(fate) { settled.push(`${item} ${fate ?? 'delivered'}`) },
      nack(_error, fate = 'abandoned') { settled.push(`${item} ${fate}`) },
    }
    const trial = new Trial<number>()
    trial.begin(item, ticket)
    return trial
  }
  return { run, stage, trials, told, settled, trialOf }
}

const BOOM = new Error('boom')

describe('Trial', () => {
  it('T8: what is decided at once is the answer, and the ticket learns the fate, once', async () => {
    const skipping = inRun('skip')
    expect(skipping.trials.failed(skipping.trialOf(1), BOOM)).toBe('skipped')
    expect([skipping.settled, skipping.told]).toEqual([['1 skipped'], []])
    await skipping.run.abort()
    expect(skipping.settled).toEqual(['1 skipped'])

    const failing = inRun(undefined)
    const trial = failing.trialOf(1)
    expect([failing.trials.failed(trial, BOOM), trial.error]).toEqual(['failed', BOOM])
    expect(failing.settled).toEqual(['1 failed'])
    await failing.run.abort()
  })

  it('T8: a dead letter is settled as one when it is written, and as failed when it cannot be', async () => {
    const lost = new Error('disk full')
    let written = 0
    const box = sink<DeadLetter<number>, void>('box', () => ({ write: async () => { await settle(1); if (written++ > 0) throw lost }, end() {} }))
    const { run, trials, trialOf, told, settled } = inRun(deadLetter(box))
    const [good, bad] = [trialOf(1), trialOf(2)]
    expect([trials.failed(good, BOOM), trials.failed(bad, BOOM)]).toEqual(['deciding', 'deciding'])
    expect(settled).toEqual([])
    await settle()
    expect([told.map(({ item, verdict }) => [item, verdict]), settled]).toEqual([[[1, 'skipped'], [2, 'failed']], ['1 deadLettered', '2 failed']])
    expect(bad.error).toBe(lost)
    await run.abort()
  })

  it('R46: a next try at once is told of and not begun: begun it is by a task that the telling wakes', async () => {
    const { run, trials, trialOf, told, settled } = inRun(() => ({ retryAfterMs: 0 }))
    const trial = trialOf(1)
    expect(trials.failed(trial, BOOM)).toBe('deciding')
    expect([told, trial.verdict, trial.attempt, settled]).toEqual([[trial], 'again', 1, []])
    trial.tryAgain()
    expect([trial.verdict, trial.attempt]).toEqual(['open', 2])
    await run.abort()
  })

  it('R31: a wait ends with the stage, whatever its outcome: the item is given back, and no timer is left', async () => {
    const clock = new VirtualClock()
    const { run, trials, trialOf, told, settled } = inRun(() => ({ retryAfterMs: 60_000 }), { clock })
    const trial = trialOf(1)
    trials.failed(trial, BOOM)
    expect([told, clock.pendingTimers]).toEqual([[], 1])
    await run.stop()
    expect([told, trial.verdict, settled, clock.pendingTimers]).toEqual([[trial], 'dropped', ['1 abandoned'], 0])
  })

  it('R25: a verdict that comes after the end of the stage is dropped', async () => {
    let write!: () => void
    const box = sink<DeadLetter<number>, void>('box', () => ({ write: () => new Promise<void>((resolve) => { write = resolve }), end() {} }))
    const { run, trials, trialOf, settled } = inRun(deadLetter(box))
    const trial = trialOf(1)
    trials.failed(trial, BOOM)
    // The stage gives back what it holds when it is closed.
    trial.giveBack(undefined)
    const over = run.abort()
    await settle()
    write()
    await over
    expect([trial.verdict, settled]).toEqual(['dropped', ['1 abandoned']])
    // What fails from now on fails because of the end.
    const late = trialOf(2)
    expect([trials.failed(late, BOOM), settled]).toEqual(['dropped', ['1 abandoned', '2 abandoned']])
  })

  it('R34: a dead letter that cannot be written when its item is not wanted any more fails the run all the same', async () => {
    const lost = new Error('disk full')
    let refuse!: (error: unknown) => void
    const box = sink<DeadLetter<number>, void>('box', () => ({ write: () => new Promise<void>((_, reject) => { refuse = reject }), end() {} }))
    const { run, trials, trialOf } = inRun(deadLetter(box))
    const trial = trialOf(1)
    trials.failed(trial, BOOM)
    trials.leave(trial)
    refuse(lost)
    await settle()
    expect(run.status).toBe('failed')
    await expect(run.then()).rejects.toBe(lost)
  })
})

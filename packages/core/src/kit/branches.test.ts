import { describe, expect, it } from 'vitest'
import { settle } from '@sluice/testing'
import {
  drain, forEach, from, never, ProtocolError, range, toArray, type Failure, type Operator, type Outcome, type Pipeline,
} from '../index'
import { asyncOperator, DONE, drive, failedElsewhere, PENDING, Port, source, type Stage } from '../authoring'

/** An operator that emits nothing and runs a pipeline inside itself. */
function driving<R>(pipeline: Pipeline<R>, told: (outcome: Outcome, result: R | undefined) => void): Operator<unknown, never> {
  return asyncOperator<unknown, never>('driving', (_upstream, stage) => {
    let over = false
    let settled = (): void => {}
    const inner = drive(stage, pipeline, (outcome, result) => {
      over = true
      told(outcome, result)
      settled()
      if (outcome.status === 'failed') stage.fail(outcome.error)
      else stage.wake()
    })
    return {
      pull() {
        inner.start()
        return over || stage.failing ? DONE : PENDING
      },
      close(outcome) {
        inner.end(outcome)
        return over ? undefined : new Promise<void>((resolve) => { settled = resolve })
      },
    }
  })
}

describe('drive', () => {
  it('runs a pipeline inside a stage, and tells its result once', async () => {
    const told: unknown[] = []
    await never().pipe(driving(range(0, 3).to(toArray()), (...end) => told.push(end))).to(drain()).run()
    expect(told).toEqual([[{ status: 'completed' }, [0, 1, 2]]])
  })

  it('a failure inside names its stage, and the way there', async () => {
    const boom = new Error('boom')
    const run = never().pipe(driving(range(0).to(forEach((n) => { if (n === 2) throw boom })), () => {})).to(drain()).run()
    await expect(run).rejects.toBe(boom)
    expect(run.failure).toMatchObject({ stage: 'forEach', item: 2, path: ['range', 'forEach'] })
  })

  it('R13: an abort from inside a write of its sink takes effect when the write has returned, and is waited for', async () => {
    const log: string[] = []
    const run = never().pipe(driving(range(0).to({
      open: () => ({
        write() {
          log.push('write')
          void run.abort(new Error('enough'))
          log.push('written')
        },
        end() {},
        async abort() {
          await settle(1)
          log.push('aborted')
        },
      }),
    }), ({ status }) => log.push(status))).to(drain()).run()
    await expect(run).rejects.toThrow('enough')
    expect(log).toEqual(['write', 'written', 'cancelled', 'aborted'])
  })

  it('takes only pipelines that this library made', async () => {
    const foreign = { run: () => from([1]).to(drain()).run() }
    await expect(from([1]).pipe(driving(foreign, () => {})).to(drain()).run()).rejects.toThrow(ProtocolError)
  })

  it('a stage inside is an end in the graph: nobody is fed by it', async () => {
    const run = never().pipe(driving(never().to(drain()), () => {})).to(drain()).run()
    expect(run.graph().edges).toEqual([{ from: 'driving', to: 'drain' }, { from: 'never', to: 'drain#2' }])
    await run.stop()
  })
})

it('failedElsewhere: the failure of a run that is fed by another tells where it began there', async () => {
  const boom = new Error('boom')
  const feeding = range(0).to(forEach((n) => { if (n === 2) throw boom })).run()
  await expect(feeding).rejects.toBe(boom)
  const fed = source<number>('fed', (stage) => ({ pull() { throw failedElsewhere(stage, feeding.failure as Failure) } }))
  const run = fed.to(drain()).run({ redact: (item) => `#${String(item)}` })
  await expect(run).rejects.toBe(boom)
  expect(run.failure).toMatchObject({ stage: 'forEach', position: 1, item: '#2', path: ['range', 'forEach'] })
})

describe('Port', () => {
  /** Hands a list to a branch. */
  const feeding = (branch: (source: ReturnType<typeof from<number>>) => ReturnType<typeof from<number>>): Operator<number, number> => {
    const port = new Port<number, Stage>('port', () => {
      let at = 0
      return { pull: (into) => (at < 3 ? ((into[0] = at++), 1) : DONE) }
    })
    const output = branch(port.source)
    return asyncOperator<number, number>('feeding', (_upstream, stage) => {
      port.attach(stage, stage, stage)
      return stage.open(output)
    })
  }

  it('a branch put together once serves several runs, and several uses in one run', async () => {
    const operator = feeding((source) => source)
    const once = from([9]).pipe(operator)
    expect(await Promise.all([once.to(toArray()).run(), once.to(toArray()).run()])).toEqual([[0, 1, 2], [0, 1, 2]])
    expect(await once.pipe(operator).to(toArray()).run()).toEqual([0, 1, 2])
  })

  it('read outside its branch it fails by name', async () => {
    let taken = from<number>([])
    feeding((source) => (taken = source))
    await expect(taken.to(toArray()).run()).rejects.toThrow('port: the source of a branch can only be read inside that branch, in the same run')
  })
})

import { describe, expect, it } from 'vitest'
import { settle } from '@sluice/testing'
import { collectGarbage } from '../../../../test/collect-garbage'
import { drain, forEach, from, range, toArray, type Outcome, type Source } from '../index'
import { DONE, operator, PENDING, source, type Stage } from '../authoring'

const BOOM = new Error('boom')
const failureOf = async (run: PromiseLike<unknown>): Promise<unknown> => run.then(() => 'no failure', (error: unknown) => error)

/** One value, then nothing; `stage().fail` fails it from outside. */
function failable(): { readonly source: Source<number>; stage(): Stage } {
  let opened: Stage | undefined
  const one = source<number>('one', (stage) => {
    opened = stage
    let given = false
    return {
      pull(into) {
        if (stage.failing) return DONE
        if (given) return PENDING
        given = true
        into[0] = 1
        return 1
      },
    }
  })
  return { source: one, stage: () => opened as Stage }
}

describe('a source that fails while the run is being stopped', () => {
  it('R15, R4: fails the run where it was stopped in the very pull that throws', async () => {
    const values = function* (): Generator<number> {
      yield 1
      void run.stop()
      throw BOOM
    }
    const run = from(values()).to(drain()).run()
    expect(await failureOf(run)).toBe(BOOM)
    expect([run.status, run.failure?.stage]).toEqual(['failed', 'from'])
  })

  it('R15, O5: hands out what was ready in that pull, then the failure', async () => {
    const seen: number[] = []
    const run = source<number>('ready', (stage) => ({
      pull(into) {
        into[0] = 1
        stage.ready = 1
        void run.stop()
        throw BOOM
      },
    })).to(forEach((value) => { seen.push(value) })).run()
    expect(await failureOf(run)).toBe(BOOM)
    expect(seen).toEqual([1])
  })

  it('R15, R4: fails the run where it had failed while nobody pulled, as in a write', async () => {
    const { source: one, stage } = failable()
    let written: () => void = () => {}
    const run = one.to(forEach(() => new Promise<void>((resolve) => { written = resolve }))).run()
    await settle()
    stage().fail(BOOM)
    const stopping = run.stop()
    written()
    expect((await stopping).status).toBe('failed')
    expect(await failureOf(run)).toBe(BOOM)
  })

  it('R15, R18: fails the run where it had failed while the run was paused', async () => {
    const { source: one, stage } = failable()
    const run = one.to(drain()).run()
    await settle()
    run.pause()
    stage().fail(BOOM)
    expect((await run.stop()).status).toBe('failed')
    expect(await failureOf(run)).toBe(BOOM)
  })

  it('R15: is not asked for more, should it not end by itself', async () => {
    let pulls = 0
    const run = source<number>('endless', (stage) => {
      stage.fail(BOOM)
      return {
        pull() {
          pulls++
          return PENDING
        },
      }
    }).to(drain()).run()
    await settle()
    pulls = 0
    expect((await run.stop()).status).toBe('failed')
    expect([await failureOf(run), pulls]).toEqual([BOOM, 0])
  })
})

it('R4: a stage that fails in the very pull in which it is closed fails its consumer', async () => {
  let close = (): void => {}
  const closed: Outcome[] = []
  const values = source<number>('values', () => ({
    pull() {
      close()
      throw BOOM
    },
    close: (outcome) => { closed.push(outcome) },
  }))
  const closing = operator<number, number>('closing', (upstream) => {
    close = () => { void upstream.close({ status: 'cancelled', reason: undefined }) }
    return { pull: (into, limit) => upstream.pull(into, limit) }
  })
  expect(await failureOf(values.pipe(closing).to(drain()).run())).toBe(BOOM)
  expect(closed).toEqual([{ status: 'failed', error: BOOM }])
})

it('R20: a stage whose author answers nothing when it is opened is at its end', async () => {
  const empty = source<number>('empty', () => undefined as never)
  expect(await empty.to(toArray()).run()).toEqual([])
})

it.each(['completed', 'failed', 'aborted'] as const)('R24: a run that has %s keeps nothing of its source alive', async (status) => {
  const { ref, run } = await (async () => {
    const held = { status }
    const ended = source<number>('ended', () => ({
      pull() {
        if (held.status === 'failed') throw BOOM
        return held.status === 'aborted' ? PENDING : DONE
      },
    })).to(drain()).run()
    if (status === 'aborted') await ended.abort(BOOM)
    await failureOf(ended)
    return { ref: new WeakRef(held), run: ended }
  })()
  await range(0, 50).to(drain()).run()
  for (let i = 0; i < 2; i++) {
    await settle(2)
    collectGarbage?.()
  }
  expect([ref.deref(), run.status]).toEqual([undefined, status])
})

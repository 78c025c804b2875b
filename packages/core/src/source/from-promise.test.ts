import { expect, it } from 'vitest'
import { settle } from '@sluice/testing'
import { from, toArray } from '../index'
import { DONE, PENDING, source } from '../authoring'

it('R7: a promise that rejects when its source was closed before fails nothing', async () => {
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<number>((_, no) => { reject = no })
  let go: () => void = () => {}
  const closing = source<number>('closing', (stage) => {
    const outlet = stage.open(from(promise))
    let ended = false
    go = () => { ended = true; stage.wake() }
    return {
      pull(into) {
        if (ended) return DONE
        outlet.pull(into, 1)
        void outlet.close({ status: 'cancelled', reason: undefined })
        return PENDING
      },
    }
  })
  const run = closing.to(toArray()).run()
  await settle()
  reject(new Error('too late'))
  await settle()
  go()
  expect(await run).toEqual([])
})

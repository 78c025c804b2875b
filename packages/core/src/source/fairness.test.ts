import { expect, it } from 'vitest'
import { forEach } from '../sink/for-each'
import { fromAsyncIterable } from './from-async-iterable'
import { range } from './range'

it('R21: while an endless async iterable is read, others have their turn, sooner rather than later', async () => {
  async function* endless(): AsyncGenerator<number> {
    for (let n = 0; ; n++) yield n
  }
  const run = fromAsyncIterable(endless(), 'from').to(forEach(() => {})).run()
  const channel = new MessageChannel()
  const startedAt = performance.now()
  const gaps: number[] = []
  // Turns of somebody else's: in a browser they share the way our own turns come.
  await new Promise<void>((resolve) => {
    let last = startedAt
    channel.port1.addEventListener('message', () => {
      const now = performance.now()
      gaps.push(now - last)
      last = now
      if (now - startedAt > 300) resolve()
      else channel.port2.postMessage(0)
    })
    channel.port1.start()
    channel.port2.postMessage(0)
  })
  channel.port1.close()
  await run.stop()
  // A slice is 8 ms; with a message for each that waits the gaps doubled, up to all the time there was.
  expect(gaps.length).toBeGreaterThan(8)
})

it('R21: a timer has its turn while a loop goes over an endless source that has its values at hand', async () => {
  const timer = { fired: false }
  setTimeout(() => { timer.fired = true }, 5)
  for await (const n of range(0)) {
    // Without its turn the timer would never come, and the loop never end.
    if (timer.fired) break
    if (n > 50_000_000) throw new Error('the timer had no turn')
  }
  expect(timer.fired).toBe(true)
})

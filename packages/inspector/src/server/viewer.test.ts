import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { drain, from } from '@sluice/core'
import { RunList } from '../watch/run-list'
import { Hub } from './hub'
import { Taps } from './taps'
import { CUT_AFTER_MS, Viewer } from './viewer'

/** A response that takes nothing. */
class Stuck extends EventEmitter {
  destroyed = false
  readonly writableNeedDrain = true
  writeHead(): void {}
  flushHeaders(): void {}
  write(): boolean { return false }
  end(): void {}
  destroy(): void {
    this.destroyed = true
    this.emit('close')
  }
}

const settings = { limits: [], controls: false, taps: true }

it.each([['the overview', undefined], ['a run', 1]])('a viewer of %s that takes nothing for too long is cut off, and gives its place back', async (_what, run) => {
  let now = 0
  const runs = new RunList(undefined)
  runs.add(from([1]).to(drain()).run())
  const hub = new Hub(runs, settings)
  const stuck = new Stuck()
  const viewer = new Viewer(stuck as unknown as ServerResponse, run, () => now)
  stuck.on('close', () => { hub.remove(viewer) })
  hub.add(viewer)
  hub.start()
  now = CUT_AFTER_MS + 1
  await expect.poll(() => hub.viewers.size).toBe(0)
  expect(stuck.destroyed).toBe(true)
  hub.stop()
})

it('so is whoever looks into a stage: eight that take nothing leave a place for the ninth', async () => {
  let now = 0
  const runs = new RunList(undefined)
  runs.add(from([1]).to(drain()).run())
  const taps = new Taps(runs, undefined, () => now)
  const open = (): Stuck => {
    const stuck = new Stuck()
    return taps.follow(1, 'from', stuck as unknown as ServerResponse) ? Object.assign(stuck, { destroyed: true }) : stuck
  }
  const stuck = Array.from({ length: 8 }, open)
  expect([stuck.some(({ destroyed }) => destroyed), open().destroyed]).toEqual([false, true])
  const cut = expect.poll(() => { now += CUT_AFTER_MS; return stuck.every(({ destroyed }) => destroyed) }, { timeout: 5000 })
  await cut.toBe(true)
  const ninth = open()
  expect(ninth.destroyed).toBe(false)
  ninth.destroy()
})

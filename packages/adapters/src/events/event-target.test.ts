import { expect, it } from 'vitest'
import { count, OptionError } from '@sluice/core'
import { fromEvent } from '@sluice/adapters/events'
import { settle } from '@sluice/testing'
import { listenerCount } from '../../../../test/listener-count'
import { emitting } from '../../test/emitting'
import { overflowLaws } from '../../test/overflow-laws'
import { passageLaws } from '../../test/passage-laws'

const ALL = { capacity: 1000, overflow: 'fail' } as const
const BOOM = new Error('boom')

class ValueEvent extends Event {
  constructor(type: string, readonly value: unknown) {
    super(type)
  }
}

for (const { name, run } of passageLaws({
  name: 'fromEvent of an EventTarget',
  open() {
    const target = new EventTarget()
    return {
      sink: emitting((event, value) => target.dispatchEvent(new ValueEvent(event, value))),
      source: fromEvent(target, 'value', { ...ALL, endOn: 'end', map: (event: ValueEvent) => event.value }),
      held: () => listenerCount(target, 'value', 'end'),
    }
  },
})) it(name, run)

for (const { name, run } of overflowLaws({
  name: 'fromEvent of an EventTarget',
  open(options) {
    const target = new EventTarget()
    return {
      source: fromEvent(target, 'value', { ...options, endOn: 'end', map: (event: ValueEvent) => event.value }),
      push: (value) => { target.dispatchEvent(new ValueEvent('value', value)) },
      end: () => { target.dispatchEvent(new Event('end')) },
    }
  },
})) it(name, run)

it('A3: failOn of an EventTarget takes the error out of the event', async () => {
  for (const [event, expected] of [
    [Object.assign(new Event('bad'), { error: BOOM }), BOOM],
    [Object.assign(new Event('bad'), { reason: BOOM }), BOOM],
  ] as const) {
    const target = new EventTarget()
    const run = fromEvent(target, 'e', { ...ALL, failOn: ['worse', 'bad'] }).to(count()).run()
    await settle(1)
    target.dispatchEvent(event)
    await expect(run).rejects.toBe(expected)
  }
})

it('A5: listeners with capture are found again when they are taken off', async () => {
  const target = new EventTarget()
  const run = fromEvent(target, 'e', { ...ALL, listen: { capture: true } }).to(count()).run()
  await settle(1)
  expect(listenerCount(target, 'e')).toBe(1)
  await run.stop()
  expect(listenerCount(target, 'e')).toBe(0)
})

it.each([
  ['', ALL],
  ['e', undefined],
  ['e', { ...ALL, endOn: 3 }],
])('options that cannot work fail when the pipeline is built (%#)', (event, options) => {
  expect(() => fromEvent(new EventTarget(), event, options as never)).toThrow(OptionError)
})

import { expect, it } from 'vitest'
import { OptionError } from '@sluice/core'
import { seen } from '../../test/timeline'
import { underLaw } from '../../test/under-law'
import { auditTime } from './audit-time'

underLaw('auditTime', {
  20: { make: () => auditTime(20), reference: (values) => values.slice(-1), timed: true },
})

it('waits from the first value on and hands on the latest; the next wait begins with the next value', async () => {
  expect(await seen([[0, 1], [15, 2], [30, 3]], 100, auditTime(20))).toEqual([[20, 2], [50, 3]])
})

it('hands on the value held at once when the source ends', async () => {
  expect(await seen([[0, 1], [5, 2]], 6, auditTime(20))).toEqual([[6, 2]])
})

it('O13: refuses a time that is none', () => {
  expect(() => auditTime(-1)).toThrow(OptionError)
  expect(() => auditTime('1s' as never)).toThrow('auditTime: windowMs must be a finite number of at least 0, got "1s"')
})

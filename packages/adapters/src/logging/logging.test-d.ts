import { pino } from 'pino'
import { expectTypeOf, test } from 'vitest'
import { drain, from } from '@sluice/core'
import { logTo, type Logger } from './index'

const pipeline = from([1]).to(drain())

// Type-checked, never run.
const neverCalled: (call: () => unknown) => void = () => undefined

test('a logger of pino is one, and so is what has its four methods', () => {
  expectTypeOf(pino).returns.toExtend<Logger>()
  neverCalled(() => {
    const line = (fields: object, message: string): unknown => [fields, message]
    expectTypeOf(logTo({ debug: line, info: line, warn: line, error: line })).toEqualTypeOf<() => void>()
    expectTypeOf(logTo(pino(), { level: 'debug', everyMs: 1000, run: pipeline.run(), tellItem: (item) => { expectTypeOf(item).toBeUnknown(); return item } })).toEqualTypeOf<() => void>()
    // @ts-expect-error a logger says how bad it is
    logTo({ info: line })
    // @ts-expect-error no such level
    logTo(pino(), { level: 'warn' })
    // @ts-expect-error the console has its text first
    logTo({ debug: line, info: line, warn: line, error: (message: string) => { console.error(message) } })
  })
})

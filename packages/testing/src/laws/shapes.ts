import { from, type Source } from '@sluice/core'
import { settle } from '../time/settle'
import { scriptedSource, type Script } from './scripted-source'

/** How the values of a source come. */
export interface Shape {
  readonly name: string
  readonly make: (values: readonly unknown[]) => Source<unknown>
}

const scripted = (name: string, script: Script): Shape => ({ name, make: (values) => scriptedSource('scripted', values, script) })

/** The ways in which a source may answer, all of them legal. */
export const SHAPES: readonly Shape[] = [
  { name: 'in one batch', make: (values) => from(values) },
  scripted('one by one', { most: 1 }),
  scripted('by twos', { most: 2 }),
  scripted('PENDING before each', { most: 1, pendingEvery: 1 }),
  scripted('PENDING before every third', { most: 1, pendingEvery: 3 }),
  { name: 'from an async generator', make: (values) => from(generate(values)) },
  { name: 'slowly, with macrotasks in between', make: (values) => from(generateSlowly(values)) },
  scripted('dirty, with rubbish behind the values', { most: 3, dirty: true, pendingEvery: 6 }),
  scripted('waking inside every pull', { most: 2, restless: true, pendingEvery: 4 }),
  scripted('PENDING, with the wake before the answer', { most: 2, pendingEvery: 2, wakes: 'before the answer' }),
  scripted('answering 0 before each', { most: 2, zeros: true }),
  scripted('slow to close', { close: () => settle(2) }),
]

/** A list of values with a name. */
export interface Values {
  readonly name: string
  readonly values: readonly unknown[]
}

/** Values that tempt a careless implementation to take them for "nothing". */
export const VALUES: readonly Values[] = [
  { name: 'no value', values: [] },
  { name: 'one value', values: [1] },
  { name: 'five values', values: [1, 2, 3, 4, 5] },
  { name: 'values that look like nothing', values: [undefined, null, Number.NaN, 0, '', false, -1, -2] },
  { name: '200 values', values: Array.from({ length: 200 }, (_, i) => i) },
]

async function* generate(values: readonly unknown[]): AsyncGenerator {
  for (const value of values) yield value
}

async function* generateSlowly(values: readonly unknown[]): AsyncGenerator {
  for (const [index, value] of values.entries()) {
    if (index % 200 < 2) await settle(1)
    yield value
  }
}

import { DONE, from, PENDING, source, type Puller, type Source, type Stage } from '@sluice/core'
import { settle } from '../time/settle'

/** How the values of a source come. */
export interface Shape {
  readonly name: string
  readonly make: (values: readonly unknown[]) => Source<unknown>
}

/** The ways in which a source may answer, all of them legal. */
export const SHAPES: readonly Shape[] = [
  { name: 'in one batch', make: (values) => from(values) },
  { name: 'one by one', make: (values) => scripted((into, values, at) => ((into[0] = values[at]), 1))(values) },
  { name: 'by twos', make: (values) => scripted((into, values, at, limit) => copy(into, values, at, Math.min(2, limit)))(values) },
  { name: 'PENDING before each', make: (values) => pending(values, 1) },
  { name: 'PENDING before every third', make: (values) => pending(values, 3) },
  { name: 'from an async generator', make: (values) => from(generate(values)) },
  { name: 'slowly, with macrotasks in between', make: (values) => from(generateSlowly(values)) },
]

/** Values that tempt a careless implementation to take them for "nothing". */
export const VALUES: readonly { readonly name: string; readonly values: readonly unknown[] }[] = [
  { name: 'no value', values: [] },
  { name: 'one value', values: [1] },
  { name: 'five values', values: [1, 2, 3, 4, 5] },
  { name: 'values that look like nothing', values: [undefined, null, Number.NaN, 0, '', false, -1, -2] },
  { name: '600 values', values: Array.from({ length: 600 }, (_, i) => i) },
]

type Answer = (into: unknown[], values: readonly unknown[], at: number, limit: number) => number

function scripted(answer: Answer): (values: readonly unknown[]) => Source<unknown> {
  return (values) =>
    source<unknown>('scripted', () => {
      let at = 0
      return {
        pull(into, limit) {
          if (at >= values.length) return DONE
          const count = answer(into, values, at, limit)
          at += count
          return count
        },
      }
    })
}

function copy(into: unknown[], values: readonly unknown[], at: number, size: number): number {
  const count = Math.min(size, values.length - at)
  for (let i = 0; i < count; i++) into[i] = values[at + i]
  return count
}

function pending(values: readonly unknown[], every: number): Source<unknown> {
  return source<unknown>('pending', (stage) => new Pending(values, every, stage))
}

class Pending implements Puller<unknown> {
  #at = 0
  #rested = true
  #resting = false

  constructor(
    private readonly values: readonly unknown[],
    private readonly every: number,
    private readonly stage: Stage,
  ) {}

  pull(into: unknown[]): number {
    if (this.#at % this.every === 0 && this.#rested) {
      this.#rested = false
      this.#resting = true
      void Promise.resolve().then(() => {
        this.#resting = false
        this.stage.wake()
      })
    }
    if (this.#resting) return PENDING
    if (this.#at >= this.values.length) return DONE
    into[0] = this.values[this.#at++]
    this.#rested = true
    return 1
  }
}

async function* generate(values: readonly unknown[]): AsyncGenerator {
  for (const value of values) yield value
}

async function* generateSlowly(values: readonly unknown[]): AsyncGenerator {
  for (const [index, value] of values.entries()) {
    if (index % 200 < 2) await settle(1)
    yield value
  }
}

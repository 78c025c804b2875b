import { type Operator } from '@sluice/core'
import { DONE, operator, PENDING, type Outlet } from '@sluice/core/authoring'
import { assert } from '../../probe/assert'

/** What passed one joint of a pipeline while it was open once. */
export interface Passage {
  readonly values: number[]
  /** `cut`: its consumer closed it before it had ended. `open`: it never ended, which is a fault once the run is over. */
  end: 'open' | 'done' | 'failed' | 'cut'
  /** True where it ended after the run had been told to stop. */
  stopped: boolean
  error: unknown
  pulls: number
  closes: number
}

/** What a joint may do besides writing down what passes. */
export interface JointOptions {
  /** Called at each pull with the number of the pull, from 1, before the pull goes on. */
  readonly onPull?: ((pulls: number) => void) | undefined
  /** Leaves rubbish behind the values of each batch, as every outlet may. */
  readonly dirty?: boolean | undefined
  /** What the run has been told by now. */
  readonly told?: (() => 'stop' | 'abort' | undefined) | undefined
}

/** More pulls than any pipeline of this size needs: something turns in a circle. */
const MANY_PULLS = 50_000

/** What stands behind the values of a dirty batch. A stage that reads beyond the count hands this on. */
export const RUBBISH = -999_999

/** An empty passage, not yet ended. */
export const emptyPassage = (): Passage => ({ values: [], end: 'open', stopped: false, error: undefined, pulls: 0, closes: 0 })

/** An operator that hands everything on, and adds a {@link Passage} to `passages` whenever it is opened. */
export function joint(passages: Passage[], options: JointOptions = {}): Operator<number, number> {
  return operator<number, number>('joint', (upstream) => {
    const passage = emptyPassage()
    passages.push(passage)
    return new RunningJoint(upstream, passage, options)
  })
}

class RunningJoint {
  readonly #upstream: Outlet<number>
  readonly #passage: Passage
  readonly #options: JointOptions

  constructor(upstream: Outlet<number>, passage: Passage, options: JointOptions) {
    this.#upstream = upstream
    this.#passage = passage
    this.#options = options
  }

  get tickets(): Outlet<number>['tickets'] {
    return this.#upstream.tickets
  }

  pull(into: number[], limit: number): number {
    const passage = this.#passage
    assert(Number.isSafeInteger(limit) && limit >= 1, `O2: pulled with limit ${limit}`)
    assert(passage.end === 'open', `O3: pulled after the end (${passage.end})`)
    assert(++passage.pulls < MANY_PULLS, 'pulled again and again, without an end')
    this.#options.onPull?.(passage.pulls)
    let count: number
    try {
      count = this.#upstream.pull(into, limit)
    } catch (error) {
      passage.error = error
      this.#end('failed')
      throw error
    }
    assert(count === PENDING || count === DONE || (count >= 1 && count <= limit), `O2: limit ${limit}, answered ${count}`)
    for (let i = 0; i < count; i++) passage.values.push(into[i] as number)
    if (count === DONE) this.#end('done')
    else if (this.#options.dirty === true) for (let i = Math.max(0, count); i < Math.min(limit, count + 3); i++) into[i] = RUBBISH
    return count
  }

  close(): void {
    this.#passage.closes++
    if (this.#passage.end === 'open') this.#end('cut')
  }

  #end(end: 'done' | 'failed' | 'cut'): void {
    const told = this.#options.told?.()
    // What was closed in the middle of a pull answers it with DONE.
    this.#passage.end = told === 'abort' && end === 'done' ? 'cut' : end
    this.#passage.stopped = told === 'stop'
  }
}

import { entriesOfParts, type PartFigures, type PartKind, type Role, type User } from '../copies/parts'
import type { RunningStage } from '../engine/running-stage'
import { placeStages } from './places'

/** A stage of a run that uses a shared part. */
export interface PartUser {
  /** The name of the run. */
  readonly run: string
  /** The id of the stage in that run. */
  readonly stage: string
  readonly role: Role
}

/** A queue, topic, limit or pool that was given a name, as plain JSON. */
export interface SharedPart extends PartFigures {
  /** Unique in the process. */
  readonly id: string
  readonly kind: PartKind
  readonly name: string
  /** The stages of runs at work that use it: runs that share it are linked by it. */
  readonly users: readonly PartUser[]
}

/**
 * The queues, topics, limits and pools of the process that were given a `name` outside a run, with their figures of this moment.
 *
 * They are not kept alive by that. What a function of the program uses, as a pool in `mapAsync` is, is listed without its users.
 *
 * @returns plain JSON, in the order in which they were made.
 *
 * @example
 * ```ts
 * import { BoundedQueue } from 'sluice'
 * import { sharedParts } from '@sluice/core/authoring'
 *
 * const orders = new BoundedQueue<string>({ capacity: 100, name: 'orders' })
 * orders.tryPut('one')
 * sharedParts().map(({ kind, name, size }) => `${kind} ${name}: ${size}`) // ['queue orders: 1']
 * ```
 */
export function sharedParts(): readonly SharedPart[] {
  return entriesOfParts().flatMap(({ id, kind, name, ref, figures, users }) => {
    const part = ref.deref()
    if (part === undefined) return []
    return [{ id, kind, name, ...figures(part as never), users: users.alive().map(({ stage, role }) => describeUser(stage, role)) }]
  })
}

function describeUser(user: User, role: Role): PartUser {
  const { scope, name } = user as unknown as Pick<RunningStage<unknown>, 'scope' | 'name'>
  const id = placeStages(scope).find((placed) => Object.is(placed.stage, user))?.id ?? name
  return { run: scope.name, stage: id, role }
}

import type { About } from '../options/about'
import { capture } from '../site/capture'
import { processWide } from './process-wide'

/** What a stage does with a part that it shares. */
export type Role = 'reads' | 'fills' | 'waits for'

/** A part that a stage shares with other pipelines. */
export interface Use {
  readonly part: object
  readonly role: Role
}

/** The same as plain JSON: the part by its id. */
export interface PartUse {
  readonly part: string
  readonly role: Role
}

/** What is shared by name. */
export type PartKind = 'queue' | 'topic' | 'limit' | 'pool'

/** Figures of a part at this moment; null where a kind has none, or no bound. */
export interface PartFigures {
  /** Values held, published and not read, or items waiting for a worker. */
  readonly size: number | null
  readonly capacity: number | null
  readonly weight: number | null
  readonly maxWeight: number | null
  /** Callers that wait. */
  readonly waiting: number
  /** Permits taken, workers at work, subscribers. */
  readonly active: number | null
  /** The most that may be active. */
  readonly concurrency: number | null
  /** It takes no more. */
  readonly isClosed: boolean
}

/** A stage of a run, as far as the register knows it. */
export interface User {
  readonly name: string
  readonly outcome?: unknown
}

/** Stages that use a part, held by nobody for that. */
export class Users {
  #refs: { readonly stage: WeakRef<User>; readonly role: Role }[] = []
  #cleanAt = 64

  add(stage: User, role: Role): void {
    this.#refs.push({ stage: new WeakRef(stage), role })
    if (this.#refs.length < this.#cleanAt) return
    this.alive()
    this.#cleanAt = Math.max(64, 2 * this.#refs.length)
  }

  /** Those that have not ended. */
  alive(): { readonly stage: User; readonly role: Role }[] {
    const alive = this.#refs.flatMap(({ stage: ref, role }) => {
      const stage = ref.deref()
      return stage && stage.outcome === undefined ? [{ ref, stage, role }] : []
    })
    this.#refs = alive.map(({ ref, role }) => ({ stage: ref, role }))
    return alive
  }
}

/** A part as it was registered. Nothing here keeps it alive. */
export interface Entry {
  readonly id: string
  readonly kind: PartKind
  readonly name: string
  readonly ref: WeakRef<object>
  readonly figures: (part: never) => PartFigures
  /** Stages that use it; those that have ended are taken out now and then. */
  readonly users: Users
}

interface Register {
  readonly entries: Map<string, Entry>
  readonly known: WeakMap<object, Entry>
  /** The topic of a subscription. */
  readonly views: WeakMap<object, object>
  /** Stages that use what has no name. */
  readonly users: WeakMap<object, Users>
  /** Ids of what has no name. */
  readonly unnamed: WeakMap<object, string>
  readonly gone: FinalizationRegistry<string>
  count: number
}

const register = /* @__PURE__ */ processWide('parts', (): Register => {
  const entries = new Map<string, Entry>()
  return { entries, known: new WeakMap(), views: new WeakMap(), users: new WeakMap(), unnamed: new WeakMap(), gone: new FinalizationRegistry((id) => { entries.delete(id) }), count: 0 }
})

/**
 * A queue, topic, limit or pool with a name of its own is known to tools from now on, and for as long as the program holds it.
 *
 * @param figures must hold nothing of the part.
 */
export function registerPart<P extends object>(part: P, kind: PartKind, name: string, figures: (part: P) => PartFigures): void {
  // What a stage makes for itself belongs to that stage.
  if (capture.inside !== undefined) return
  const entry: Entry = { id: `${kind} ${name} #${++register.count}`, kind, name, ref: new WeakRef(part), figures, users: new Users() }
  register.entries.set(entry.id, entry)
  register.known.set(part, entry)
  register.gone.register(part, entry.id)
}

/** `view` is a part, too, as far as tools are concerned: the subscription of a topic. */
export function isViewOf(view: object, part: object): void {
  register.views.set(view, part)
}

/** The parts that are registered. */
export function entriesOfParts(): readonly Entry[] {
  return [...register.entries.values()]
}

/** A stage has been opened: the parts that it shares know it as a user. */
export function usedBy(stage: User, about: About): void {
  // Stages are opened by the thousand in a second, and few of them share anything.
  if (about.uses === undefined && about.given?.['limit'] === undefined && typeof about.given?.['onError'] !== 'object' && typeof about.given?.['onError'] !== 'function') return
  for (const { part, role } of sharedBy(about)) {
    let users = register.known.get(part)?.users ?? register.users.get(part)
    if (users === undefined) register.users.set(part, (users = new Users()))
    users.add(stage, role)
  }
}

/** The stages at work that use a part in one way, whether it has a name or not. */
export function usersOf(part: object, role: Role): readonly User[] {
  const told = register.views.get(part) ?? part
  const users = register.known.get(told)?.users ?? register.users.get(told)
  return (users?.alive() ?? []).flatMap((user) => (user.role === role ? [user.stage] : []))
}

/** The parts that a stage shares, by their ids: what it was told to use, and the limits among its options. */
export function usesOf(about: Pick<About, 'uses' | 'given'> | undefined): readonly PartUse[] {
  return about === undefined ? [] : sharedBy(about).map(({ part, role }) => ({ part: idOf(part), role }))
}

function sharedBy({ given = {}, uses = [] }: Pick<About, 'uses' | 'given'>): Use[] {
  const { limit, onError } = given as { readonly limit?: unknown; readonly onError?: { readonly about?: About } }
  const limits = [limit, onError?.about?.given?.['limit']].flatMap((part): Use[] => (isObject(part) ? [{ part, role: 'waits for' }] : []))
  return [...uses, ...limits].map(({ part, role }) => ({ part: register.views.get(part) ?? part, role }))
}

/** What has no name has an id all the same, so that pipelines which share it can be told. */
function idOf(part: object): string {
  const known = register.known.get(part)?.id ?? register.unnamed.get(part)
  if (known !== undefined) return known
  const id = `unnamed #${++register.count}`
  register.unnamed.set(part, id)
  return id
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

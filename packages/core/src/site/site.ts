import { beginningOf, placeIn } from './frames'

/** So many frames hold every function of Sluice that may stand between a stage and the program, and one of the program. */
const FRAMES = 8

/** Functions of this folder, and the one that asks for a place: they are left out where the platform can leave frames out. */
const BENEATH = 3

/** Whatever has a stack, which may be made of it only when somebody asks. */
interface Held {
  readonly stack?: unknown
}

/** The file of this package, which the stack tells that is made first: to make text of a stack costs several times what taking one does. */
let ownFile = ''

/** A function of Sluice: frames above it are left out. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any function at all
export type Above = (...given: any[]) => unknown

/** V8 and JavaScriptCore, and Firefox of late, take a stack without making text of it. */
interface Capturing {
  captureStackTrace?: (target: object, above?: Above) => void
  stackTraceLimit?: number
}

/**
 * Where a stage was built. Holds a stack, and makes text of it when somebody asks for the first time: to take a stack costs a fifth of
 * what its text does.
 */
export class Site {
  #held: Held | undefined
  readonly #called: number
  #text: string | null = null
  /** The same place, of stages that were built while this one was at work; made on first use. */
  #inherited: Site | undefined
  /** It is the place of the stage that was at work when this one was built. */
  readonly origin: Site | undefined

  /** @param called how many functions of Sluice there are between the program and where the stack begins. */
  constructor(held: Held | undefined, called: number, origin?: Site) {
    this.#held = held
    this.#called = called
    this.origin = origin
  }

  /** `file:line:column`; null where that cannot be told. */
  get text(): string | null {
    if (this.origin) return this.origin.text
    const held = this.#held
    if (held !== undefined) {
      this.#held = undefined
      if (ownFile === '') ownFile = beginningOf(stackAbove(undefined).stack)
      this.#text = placeIn(held.stack, ownFile, this.#called + (held instanceof Error ? BENEATH : 0))
    }
    return this.#text
  }

  get inherited(): Site {
    return this.origin ? this : (this.#inherited ??= new Site(undefined, 0, this))
  }
}

/** A stack as it is now, that begins with whoever called `above`; undefined: with this function. */
export function stackAbove(above: Above | undefined): Held {
  const errors = Error as Capturing
  if (errors.captureStackTrace === undefined) return new Error()
  const { stackTraceLimit } = errors
  // No assignment: a program may have frozen it.
  Reflect.set(errors, 'stackTraceLimit', FRAMES)
  const held: Held = {}
  errors.captureStackTrace(held, above)
  Reflect.set(errors, 'stackTraceLimit', stackTraceLimit)
  return held
}

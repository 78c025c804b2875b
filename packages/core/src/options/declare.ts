import { check, type Rule } from './rule'
import { text } from './rules'
import type { Traits } from './traits'
import { givenOptions, unknownOption } from './unknown-option'

/** No rules: `name` is all it takes. */
// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- that is what it is
type NoRules = Record<never, never>

/** Rules by name. */
export type Rules = Readonly<Record<string, Rule>>

/** What one rule makes of what was given: the type that was given, as it is after the check. */
type Checked<R, V> = R extends Rule<infer T, infer P>
  ? (unknown extends V ? T : Exclude<V, undefined>) | (P extends 'maybe' ? undefined : never)
  : never

/** What {@link Declaration.read} answers: every declared option, checked, with its default; and the name of the stage. */
export type Given<R extends Rules, O = unknown> = { readonly name: string } & {
  readonly [K in keyof R]: Checked<R[K], K extends keyof O ? O[K] : unknown>
}

/** Fails to compile for a type of options with a key that is not declared. */
type Undeclared<R extends Rules, O> = { readonly [K in Exclude<keyof O, keyof R | 'name'>]: never }

/** The rules of an operator, a source, a sink or a class. */
export interface Table<R extends Rules, A extends Rules> {
  /** What comes before the options, by its name, in order. */
  readonly args?: A
  /** Without `name`: everything takes it. */
  readonly options?: R
}

/**
 * The options of an operator, source, sink or class, declared once: what is checked, refused, written in the docs and
 * described.
 */
export class Declaration<R extends Rules, A extends Rules> {
  readonly owner: string
  /** What it does to values; undefined where that is not told. */
  readonly traits: Partial<Traits> | ((given: Given<R & A>) => Partial<Traits>) | undefined
  readonly #make: () => Table<R, A>
  #table: Required<Table<Rules, A>> | undefined
  /** What is read where nothing is given: the same each time, and most operators are given nothing. */
  #plain: object | undefined

  constructor(owner: string, make: () => Table<R, A>, traits: Declaration<R, A>['traits']) {
    this.owner = owner
    this.traits = traits
    this.#make = make
  }

  /** The rules of the options, `name` last, and of what comes before them. */
  get table(): Required<Table<Rules, A>> {
    if (this.#table) return this.#table
    const { args = {} as A, options } = this.#make()
    return (this.#table = { args, options: { ...options, name: text } })
  }

  /**
   * Checks what was given.
   *
   * @param raw the options; undefined where there are none.
   * @param given what comes before the options, by its name.
   * @throws OptionError for an option that is not allowed, missing, or unknown.
   */
  read<O extends object>(raw: (O & Undeclared<R, O>) | undefined, given?: { readonly [K in keyof A]: unknown }): Given<R, O> {
    const { owner, table: { args, options } } = this
    for (const arg in given) check(args[arg] as Rule, owner, arg, given[arg])
    if (raw === undefined && this.#plain) return this.#plain as Given<R, O>
    const values = givenOptions(owner, raw, () => Object.keys(options))
    for (const option in values) if (!Object.hasOwn(options, option)) throw unknownOption(owner, option, values[option], Object.keys(options))
    const read: Record<string, unknown> = {}
    for (const option in options) read[option] = check(options[option] as Rule, owner, option, values[option])
    read['name'] ??= owner
    if (raw === undefined) this.#plain = read
    return read as Given<R, O>
  }
}

/**
 * Declares the options of an operator, source, sink or class, once per module. Everything takes `name` without saying so.
 *
 * Nothing is made until something is read, so a bundler can leave out what nobody imports: write the annotation, too.
 *
 * @param owner the name of what takes them, as errors say it.
 * @param make answers the rules. Called once, when they are first needed.
 * @param traits what the stage does to values, where it deviates from: tickets are kept, order is kept, nothing is dropped
 * or held. `{}` deviates in nothing. Without it nothing is known. A function answers them from what was given to `described`: options, and
 * arguments where they are put beside them.
 *
 * @example
 * ```ts
 * const EVERY_NTH = /* @__PURE__ *\/ declare('everyNth', () => ({ args: { n: whole() }, options: { offset: whole(0).or(0) } }), { drops: 'chosen' })
 *
 * const everyNth = <T>(n: number, options: { offset?: number; name?: string } = {}) => {
 *   const { offset, name } = EVERY_NTH.read(options, { n })
 *   return filtering<T>(name, () => { let at = -offset; return () => at++ % n === 0 })
 * }
 * ```
 */
export function declare<R extends Rules = NoRules, A extends Rules = NoRules>(
  owner: string,
  make: () => Table<R, A>,
  traits?: Partial<Traits> | ((given: Given<R & A>) => Partial<Traits>),
): Declaration<R, A> {
  return new Declaration<R, A>(owner, make, traits)
}

import { OptionError } from '../errors'

/** Whether a value is always there once it was read: because it is required or has a default. */
export type Presence = 'sure' | 'maybe'

/** What one option, or one argument, may be. */
export interface Rule<out T = unknown, out P extends Presence = Presence> {
  /** Ends the sentence "it must be …". */
  readonly allowed: string
  readonly test: (value: unknown) => boolean
  readonly unit?: string | undefined
  /** True for what may be left out. */
  readonly optional?: boolean
  /** What stands for it where it is left out. */
  readonly fallback?: unknown
  /** Types only: what a value is, and whether it is always there. */
  readonly types?: readonly [T, P] | undefined
}

/**
 * Checks one value by a rule; answers it, or what stands for it.
 *
 * @throws OptionError where the value is not allowed.
 */
export function check(rule: Rule, owner: string, option: string, value: unknown): unknown {
  if (value === undefined && rule.optional) return rule.fallback
  if (rule.test(value)) return value
  throw new OptionError(owner, option, value, rule.allowed)
}

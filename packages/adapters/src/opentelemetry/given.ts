import type { Attributes } from '@opentelemetry/api'
import type { Run } from '@sluice/core'
import { rule } from '@sluice/core/authoring'

/** The name under which OpenTelemetry has what comes from here. */
export const SCOPE_NAME = '@sluice/adapters/opentelemetry'

/** Whether something has a method of that name. */
export function hasMethod(name: string): (value: unknown) => boolean {
  return (value) => typeof (value as Record<string, unknown> | null | undefined)?.[name] === 'function'
}

/** One run; may be left out. */
export function runRule() {
  return rule<Run<unknown>>('a run', hasMethod('stats')).maybe()
}

/** Attributes; none where they are left out. */
export function attributesRule() {
  return rule<Attributes>('an object with attributes', (value) => typeof value === 'object' && value !== null && !Array.isArray(value)).or({})
}

/** The name a run was given. */
export function nameOf(run: Run<unknown>): string {
  return run.name
}

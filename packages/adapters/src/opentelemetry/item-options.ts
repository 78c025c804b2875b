import { rule } from '@sluice/core/authoring'
import { OptionError } from '@sluice/core'

/** Which items have a span of their own: see `items` of {@link TraceRunsOptions}. */
export interface ItemSpanOptions {
  /** Which share of the calls has a span, from 0 to 1, by chance. Default 1. */
  readonly sample?: number | undefined
  /** How many spans of items each run begins in a second at most, 1 or more, all at once after a second of rest. Default 100. */
  readonly perSecond?: number | undefined
  /** Only calls of stages of these names. Default: of all stages that call a function for each item. */
  readonly stages?: readonly string[] | undefined
}

/** With their defaults. */
export interface CheckedItemSpans {
  readonly sample: number
  readonly perSecond: number
  readonly stages: ReadonlySet<string> | undefined
}

const NAMES = ['sample', 'perSecond', 'stages']

/** Whether spans of items are asked for, and which. */
export function itemsRule() {
  return rule<ItemSpanOptions | boolean>('true, false or an object', (value) => typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value))).maybe()
}

/** Undefined where no spans of items are asked for. */
export function checkItems(owner: string, items: ItemSpanOptions | boolean | undefined): CheckedItemSpans | undefined {
  if (items === undefined || items === false) return undefined
  const given: ItemSpanOptions = items === true ? {} : items
  for (const name of Object.keys(given)) if (!NAMES.includes(name)) throw new OptionError(owner, `items.${name}`, undefined, `one of ${NAMES.join(', ')}`)
  const { sample = 1, perSecond = 100, stages } = given
  if (!(typeof sample === 'number' && sample >= 0 && sample <= 1)) throw new OptionError(owner, 'items.sample', sample, 'a number from 0 to 1')
  if (!(typeof perSecond === 'number' && perSecond >= 1 && perSecond < Infinity)) throw new OptionError(owner, 'items.perSecond', perSecond, 'a number of at least 1')
  if (stages !== undefined && !(Array.isArray(stages) && stages.every((name) => typeof name === 'string'))) throw new OptionError(owner, 'items.stages', stages, 'an array of the names of stages')
  return { sample, perSecond, stages: stages && new Set(stages) }
}

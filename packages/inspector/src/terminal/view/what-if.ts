import { percent, short } from '../text/figures'
import type { RunPicture } from './picture'
import { rowsOf, type Row } from './rows'
import { nameOf } from './stage-table'

/** How many stages are told. */
const MOST = 6

/**
 * What each stage could do by itself, the slowest first: its rate divided by the part of the time in which it was busy. The rate of a run
 * is that of its slowest stage, so the second line is what a repair of the first one leads to.
 */
export function limitsOf({ stats, before }: RunPicture): string[] {
  const limits = rowsOf(stats, before)
    .flatMap((row) => { const limit = limitOf(row); return limit === undefined ? [] : [{ row, ...limit }] })
    .sort((a, b) => a.most - b.most)
    .slice(0, MOST)
  if (limits.length === 0) return ['No stage has been busy for long enough to tell what each could do.']
  return [
    'What each stage could do by itself, at what it does now for each of its values:',
    ...limits.map(({ row, busy, most }) => `  ${nameOf(row)}: at most ${short(most)}/s (busy ${percent(busy)} of the time at ${short(row.outRate)}/s)`),
  ]
}

/** Undefined where that cannot be told: a stage that has hardly been busy, or has given nothing. */
function limitOf({ shares, outRate }: Row): { readonly busy: number; readonly most: number } | undefined {
  if (shares === undefined || outRate <= 0) return undefined
  const busy = shares.working + shares.calling + shares.limited
  return busy < 0.02 ? undefined : { busy, most: outRate / busy }
}

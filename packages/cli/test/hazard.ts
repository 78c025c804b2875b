/*
 * A pipeline that may stand still, with a name that draws on a terminal, for tests of the command line.
 */
import { drain, range } from '@sluice/core'
import { groupBy, mergeMap } from '@sluice/operators'

export const starved = range(0, 10).pipe(groupBy((n) => n % 2, { maxGroups: 2, name: 'by\n! \u001b[2Jparity' }), mergeMap(({ source }) => source, { concurrency: 1 })).to(drain())

/*
 * Two pipelines that are exported, for tests of the command line.
 */
import { drain, range } from '@sluice/core'
import { buffer, map } from '@sluice/operators'

console.log('said while it was loaded')
export const first = range(0, 10).pipe(map((n) => n, { name: 'a"b\u001b[31m' }), buffer(16, { overflow: 'drop-oldest' })).to(drain())
export const second = range(0, 10).to(drain())
export const other = 5

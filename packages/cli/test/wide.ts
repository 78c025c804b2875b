/*
 * More than a pipe holds, when it is drawn; and names that are no words, for tests of the command line.
 */
import { drain, from, type Source } from '@sluice/core'
import { map, mapAsync } from '@sluice/operators'

let source: Source<number> = from([1])
for (let i = 0; i < 400; i++) source = source.pipe(i % 2 === 0 ? map((n: number) => n, { name: `step ${i}` }) : mapAsync(async (n: number) => n, { concurrency: 2, name: `call ${i}` }))
export const wide = source.to(drain())

export const odd = from([1], { name: 'a\u0000b' }).pipe(map((n) => n, { name: ' ' }), map((n) => n, { name: '\u001b]0;title\u0007\u202e' })).to(drain({ name: 'two\nlines' }))

import * as zlib from 'node:zlib'
import { expect, it } from 'vitest'
import { from, OptionError, toArray } from '@sluice/core'
import { readLines, writeLines } from '@sluice/adapters/files'
import { folder } from '../../test/folder'

const hasZstd = 'createZstdCompress' in zlib

// Which of the two it is depends on the Node that runs it.
if (hasZstd) {
  it('A6: zstd by the ending of the path', async () => {
    const { path, remove } = folder()
    await from(['a', 'b']).to(writeLines(path('out.zst'))).run()
    expect(await readLines(path('out.zst')).to(toArray()).run()).toEqual(['a', 'b'])
    remove()
  })
} else {
  it('A9: zstd is refused when the pipeline is built, where zlib has none', () => {
    expect(() => readLines('a.zst')).toThrow(OptionError)
    expect(() => writeLines('a', { compression: 'zstd' })).toThrow(OptionError)
  })
}

it('an ending can be overruled', async () => {
  const { path, remove } = folder()
  await from(['a']).to(writeLines(path('a.gz'), { compression: 'none' })).run()
  await from(['b']).to(writeLines(path('b.txt'), { compression: 'gzip' })).run()
  expect(await readLines(path('a.gz'), { compression: 'none' }).to(toArray()).run()).toEqual(['a'])
  expect(await readLines(path('b.txt'), { compression: 'gzip' }).to(toArray()).run()).toEqual(['b'])
  remove()
})

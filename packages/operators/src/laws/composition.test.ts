import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { drain, range } from '@sluice/core'
import { captureSites } from '@sluice/core/authoring'
import { compositionLaw } from '@sluice/testing'
import { unhandledRejections } from '../../../../test/unhandled-rejections'
import * as operators from '../index'
import { entries } from './index'

/** A page takes several times as long for a turn of its loop. */
const pipelines = 'process' in globalThis ? 20_000 : 4_000

describe('W: random compositions of all operators', () => {
  // As in a process that has run for long: code is optimised and batches are large, and few stages that are built have a place.
  beforeAll(async () => {
    const before = captureSites(false)
    await range(0, 1e6).to(drain()).run()
    return () => { captureSites(before) }
  })

  for (const { name, run } of compositionLaw({ entries, fc, pipelines, cases: 20 })) {
    it(name, async () => {
      expect(await unhandledRejections(run)).toEqual([])
    }, 120_000)
  }
})

it('W0: every exported operator takes part', () => {
  const exported = Object.keys(operators).filter((name) => /^[a-z]/.test(name))
  const known = new Set(entries.map(({ name }) => name))
  expect(exported.filter((name) => !known.has(name))).toEqual([])
})

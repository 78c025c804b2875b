import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { createGunzip, createGzip, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as rx from 'rxjs'
import * as events from '@sluice/adapters/events'
import * as files from '@sluice/adapters/files'
import * as logging from '@sluice/adapters/logging'
import * as nodeStreams from '@sluice/adapters/node-streams'
import * as rxBridge from '@sluice/adapters/rxjs'
import * as sqlite from '@sluice/adapters/sqlite'
import * as webStreams from '@sluice/adapters/web-streams'
import * as core from '@sluice/core'
import * as authoring from '@sluice/core/authoring'
import * as operators from '@sluice/operators'
import { readDocstrings } from '../../../scripts/docstrings.mjs'
import { runExample } from '../../../scripts/run-example'

/** Those that need no server; the examples of the others are in their tests. */
const worlds = { events, files, logging, 'node-streams': nodeStreams, 'rxjs': rxBridge, sqlite, 'web-streams': webStreams }
const NEEDS_SERVER = ['toWebSocket']
/** What the examples take as known: the platform, and of RxJS what ours has no other name for. */
const platform = { EventEmitter, PassThrough, Readable, createGzip, createGunzip, ...rx, rxToArray: rx.toArray, rxReduce: rx.reduce }

const home = process.cwd()
const folder = mkdtempSync(join(tmpdir(), 'sluice-examples-'))

// They read and write files by bare names.
beforeAll(() => {
  process.chdir(folder)
  writeFileSync('access.log.gz', gzipSync('GET / 200 1\nGET /x 500 2\n'))
})
afterAll(() => {
  process.chdir(home)
  rmSync(folder, { recursive: true, force: true })
})

describe.each(Object.entries(worlds))('the examples of %s run and give what they say', (world, names) => {
  const told = readDocstrings(fileURLToPath(new URL(world, import.meta.url)))
    .filter(({ name, examples }) => name in names && !NEEDS_SERVER.includes(name) && examples.some((code) => /await .*\/\/ /.test(code)))
  it.each(told.map((doc) => [doc.name, doc] as const))('%s', async (_name, { examples }) => {
    for (const code of examples) {
      await runExample(code, { ...platform, ...operators, ...core, ...authoring, ...names }, (actual, expected, line) => { expect(actual, line).toEqual(expected) }, {
        'sluice': { ...core, ...operators }, [`@sluice/adapters/${world}`]: names,
      })
    }
  })
})

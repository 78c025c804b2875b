import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { NEVER, Subject } from 'rxjs'
import { afterAll, describe, expect, it } from 'vitest'
import { describePipeline, drain, from, OptionError, type Operator, type Pipeline, type Sink, type Source } from '@sluice/core'
import { map } from '@sluice/operators'
import * as events from '@sluice/adapters/events'
import * as files from '@sluice/adapters/files'
import * as http from '@sluice/adapters/http'
import * as logging from '@sluice/adapters/logging'
import * as nats from '@sluice/adapters/nats'
import * as node from '@sluice/adapters/node-streams'
import * as otel from '@sluice/adapters/opentelemetry'
import * as parquet from '@sluice/adapters/parquet'
import * as postgres from '@sluice/adapters/postgres'
import * as rxjs from '@sluice/adapters/rxjs'
import * as sqlite from '@sluice/adapters/sqlite'
import * as web from '@sluice/adapters/web-streams'
import * as workers from '@sluice/adapters/workers'

interface Options {
  readonly name: string
}

const folder = mkdtempSync(join(tmpdir(), 'sluice-names-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })
const path = (name: string): string => join(folder, name)
const push = { capacity: 1, overflow: 'fail' } as const
const plain = map((value: unknown) => value)
const unreachable = 'http://127.0.0.1:9/'
const fetch = () => Promise.reject(new Error('not sent'))
const silent = { on: () => silent, removeListener: () => silent, connect: () => Promise.reject(new Error('no database')), totalCount: 0 }
const socket = () => Object.assign(new EventTarget(), { readyState: 3, bufferedAmount: 0, send() {}, close() {} })

const SOURCES: Record<string, (options: Options) => Source<unknown>> = {
  fromByteBatches: (options) => node.fromByteBatches([], options), fromCallback: (options) => events.fromCallback(() => {}, { ...push, ...options }),
  fromEvent: (options) => events.fromEvent(new EventEmitter(), 'x', { ...push, ...options }), fromMessagePort: (options) => events.fromMessagePort(new EventTarget(), { ...push, ...options }),
  fromNode: (options) => node.fromNode(new PassThrough(), options), fromObservable: (options) => rxjs.fromObservable(NEVER, { ...push, ...options }),
  fromQuery: (options) => postgres.fromQuery(silent, 'SELECT 1', [], options), fromReadable: (options) => web.fromReadable(new ReadableStream(), options),
  fromSubject: (options) => rxjs.fromSubject(new Subject(), { ...push, ...options }), fromWebSocket: (options) => events.fromWebSocket(socket(), { ...push, ...options }),
  fetchNdjson: (options) => http.fetchNdjson(unreachable, { fetch, ...options }), fetchPages: (options) => http.fetchPages(unreachable, { fetch, ...options }),
  readBytes: (options) => files.readBytes(path('none'), options), readCsv: (options) => files.readCsv(path('none'), options),
  readLines: (options) => files.readLines(path('none'), options), readNdjson: (options) => files.readNdjson(path('none'), options),
  readParquet: (options) => parquet.readParquet(path('none'), options), sqliteQuery: (options) => sqlite.sqliteQuery(path('none.db'), 'SELECT 1', [], options), tail: (options) => files.tail(path('none'), options),
}

const OPERATORS: Record<string, (options: Options) => Operator<unknown, unknown>> = {
  mapWorkers: (options) => workers.mapWorkers(() => { throw new Error('not started') }, options), throughNode: (options) => node.throughNode(() => new PassThrough({ objectMode: true }), options),
  throughRx: (options) => rxjs.throughRx(options), throughTransform: (options) => web.throughTransform(() => new TransformStream(), options),
}

const SINKS: Record<string, (options: Options) => Sink<never, unknown>> = {
  postJson: (options) => http.postJson(unreachable, options), sqliteTable: (options) => sqlite.sqliteTable(path('a.db'), 't', options), sqliteTables: (options) => sqlite.sqliteTables(path('b.db'), { t: {} }, options),
  toByteWriter: (options) => node.toByteWriter({ write: () => undefined }, options), toMessagePort: (options) => events.toMessagePort({ postMessage() {} }, options),
  toNodeWritable: (options) => node.toNodeWritable(new PassThrough({ objectMode: true }), options), toSubject: (options) => rxjs.toSubject(new Subject<never>(), options),
  toTable: (options) => postgres.toTable<{ a: number }>(silent, 't', { columns: ['a'], ...options }), toWebSocket: (options) => events.toWebSocket(socket(), options),
  toWritable: (options) => web.toWritable(new WritableStream<never>(), options), writeBytes: (options) => files.writeBytes(path('a'), options), writeCsv: (options) => files.writeCsv(path('b'), options),
  writeLines: (options) => files.writeLines(path('c'), options), writeNdjson: (options) => files.writeNdjson(path('d'), options),
}

/** Those that run a pipeline by themselves, with the options of a run, and those that make no stage. */
const OTHERS: Record<string, (options: Options) => unknown> = {
  asDuplex: (options) => node.asDuplex(plain, options), asRxOperator: (options) => rxjs.asRxOperator(plain, options), asTransform: (options) => web.asTransform(plain, options),
  asWritable: (options) => web.asWritable((source) => source.to(drain()), options), byNumber: (options) => http.byNumber('page', options as never),
  logTo: (options) => logging.logTo({ debug() {}, info() {}, warn() {}, error() {} }, options), meterRuns: (options) => otel.meterRuns(options), openSqlite: (options) => sqlite.openSqlite(':memory:', options as never), natsQueue: (options) => nats.natsQueue('127.0.0.1', options), sqliteQueue: (options) => sqlite.sqliteQueue(path('q.db'), options), toByteBatches: (options) => node.toByteBatches(from([new Uint8Array(1)]), options), traceRuns: (options) => otel.traceRuns(options),
  toNode: (options) => node.toNode(from([1]), options), toObservable: (options) => rxjs.toObservable(from([1]), options), toReadable: (options) => web.toReadable(from([1]), options),
}

const WITHOUT_OPTIONS = ['byCursor', 'byLink', 'readCheckpoint', 'runOnRx', 'sqliteQueues', 'sqliteState', 'withinTrace']

const STAGES = Object.entries<(options: Options) => Operator<unknown, unknown> | Source<unknown> | Sink<never, unknown>>({ ...SOURCES, ...OPERATORS, ...SINKS })

function pipelineOf(made: Operator<unknown, unknown> | Source<unknown> | Sink<never, unknown>): Pipeline<unknown> {
  if (typeof made === 'function') return from([1]).pipe(made).to(drain())
  return 'pipe' in made ? made.to(drain()) : from<never>([]).to(made)
}

describe('the doors of the adapters', () => {
  it('O0: these tables have everything that is exported', () => {
    const exported = [events, files, http, logging, nats, node, otel, parquet, postgres, rxjs, sqlite, web, workers]
      .flatMap((door) => Object.entries(door)).filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name)).map(([name]) => name)
    expect([...STAGES.map(([name]) => name), ...Object.keys(OTHERS), ...WITHOUT_OPTIONS].sort()).toEqual(exported.sort())
  })

  it.each(STAGES)('O0: %s has the name it is given, and tells what it is', async (owner, make) => {
    const pipeline = pipelineOf(make({ name: 'a name of its own' }))
    const { stages, unknown } = describePipeline(pipeline)
    expect(stages.find(({ name }) => name === 'a name of its own')).toMatchObject({ madeBy: owner })
    expect(unknown).toEqual([])
    const run = pipeline.run()
    run.then(undefined, () => {})
    expect(run.graph().nodes.map(({ name }) => name)).toContain('a name of its own')
    await run.abort()
  })

  it.each(STAGES)('O0: %s goes by its own name where it is given none', (owner, make) => {
    const { stages } = describePipeline(pipelineOf(make({} as never)))
    expect(stages.find(({ name }) => name === owner)).toMatchObject({ madeBy: owner })
  })

  it.each([...STAGES, ...Object.entries(OTHERS)])('O13: %s refuses an option that it does not take, and tells which one was meant', async (owner, make) => {
    const built = async (options: object): Promise<unknown> => make(options as never)
    await expect(built({ naem: 'x' })).rejects.toThrow(`${owner}: unknown option "naem"; did you mean "name"?`)
    const error = await built({ conccurrency: 1 }).catch((failure: unknown) => failure)
    expect(error).toBeInstanceOf(OptionError)
    expect(error).toMatchObject({ code: 'SLUICE_OPTION', message: expect.stringContaining(`${owner}: unknown option "conccurrency"`) as unknown })
  })

  it.each([...STAGES, ...Object.entries(OTHERS)])('O13: %s refuses a name that is no text', async (owner, make) => {
    const built = async (): Promise<unknown> => make({ name: 5 } as never)
    await expect(built()).rejects.toThrow(`${owner}: name must be a string, got 5`)
  })

  it.each<[string, () => unknown]>([
    ['fromEvent: unknown option "listen.captrue"; did you mean "listen.capture"?', () => events.fromEvent(new EventTarget(), 'x', { ...push, listen: { captrue: true } as never })],
    ['fromReadable: unknown option "byob.sise"; did you mean "byob.size"?', () => web.fromReadable(new ReadableStream(), { byob: { sise: 1 } as never })],
    ['asTransform: unknown option "writableStrategy.highWatermark"; did you mean "writableStrategy.highWaterMark"?', () => web.asTransform(plain, { writableStrategy: { highWatermark: 1 } as never })],
    ['asTransform: readableStrategy.highWaterMark must be a finite number of at least 0, got -1', () => web.asTransform(plain, { readableStrategy: { highWaterMark: -1 } })],
    ['fetchPages: unknown option "retry.time"; did you mean "retry.times"?', () => http.fetchPages(unreachable, { retry: { time: 3 } as never })],
    ['postJson: retry.times must be a whole number of at least 0, got -1', () => http.postJson(unreachable, { retry: { times: -1 } })],
    ['sqliteTable: unknown option "checkpoint.off"; did you mean "checkpoint.of"?', () => sqlite.sqliteTable(path('c.db'), 't', { checkpoint: { name: 'x', of: () => 1, off: 1 } as never })],
    ['sqliteTables: unknown option "tables.t.mod"; did you mean "tables.t.mode"?', () => sqlite.sqliteTables(path('c.db'), { t: { mod: 'upsert' } as never })],
    ['sqliteTables: tables.t.mode must be one of', () => sqlite.sqliteTables(path('c.db'), { t: { mode: 'replace' as never } })],
    ['mapWorkers: unknown option "threads.mx"; did you mean "threads.max"?', () => workers.mapWorkers('x.js', { threads: { max: 2, mx: 3 } as never })],
    ['toReadable: unknown option "singal"; did you mean "signal"?', () => web.toReadable(from([1]), { singal: undefined } as never)],
    ['toNode: closeDeadlineMs must be a finite number of at least 0, got "5s"', () => node.toNode(from([1]), { closeDeadlineMs: '5s' as never })],
  ])('O13: what stands inside an option is checked when the pipeline is built: %s', (message, build) => {
    expect(build).toThrow(message)
  })
})

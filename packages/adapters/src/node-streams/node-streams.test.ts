import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough, Readable, Transform, Writable, type Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { from, toArray } from '@sluice/core'
import { mapping } from '@sluice/core/authoring'
import { manualSource, settle } from '@sluice/testing'
import { asDuplex, fromNode, throughNode, toNode, toNodeWritable } from '@sluice/adapters/node-streams'

const BOOM = new Error('boom')

/** Which of the streams is destroyed, with what, and after how many turns of the event loop. */
const places = ['readable', 'duplex', 'operator', 'writable'] as const
const reasons = [BOOM, undefined]

describe.each(places)('A3, A5: destroyed at any time, %s', (place) => {
  it.each(reasons)('with %s: the run settles once, with the original error, and everything is closed', async (reason) => {
    let failed = 0
    for (let turns = 0; turns < 40; turns++) {
      let made = 0
      const streams = {
        readable: new Readable({ objectMode: true, read() { setImmediate(() => this.push(made < 20 ? made++ : null)) } }),
        duplex: new Transform({ objectMode: true, transform(value, _encoding, done) { setImmediate(done, null, value) } }) as Duplex,
        operator: asDuplex(mapping<number, number>('same', () => (n) => n), { highWaterMark: 2 }),
        writable: new Writable({ objectMode: true, write(_value, _encoding, done) { setImmediate(done) } }),
      }
      // They are made before the run asks for them, which it may never do.
      for (const early of [streams.duplex, streams.operator]) early.on('error', () => {})
      const used = new Set<Readable | Writable>([streams.readable, streams.writable])
      const use = (stream: Duplex) => (): Duplex => {
        used.add(stream)
        return stream
      }
      const run = fromNode<number>(streams.readable)
        .pipe(throughNode<number, number>(use(streams.duplex)), throughNode<number, number>(use(streams.operator)))
        .to(toNodeWritable<number>(streams.writable)).run()
      const settled = run.then((count) => ({ count }), (error: unknown) => ({ error }))
      await settle(turns)
      streams[place].destroy(reason)
      const outcome = await settled
      if ('error' in outcome) {
        failed++
        if (reason) expect(outcome.error).toBe(reason)
        else expect(outcome.error).toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
        expect(run.failure?.suppressed).toEqual([])
      } else {
        expect(outcome.count).toBe(20)
      }
      for (const stream of used) expect(stream.closed).toBe(true)
    }
    expect(failed).toBeGreaterThan(10)
  })
  // Not without an error: Node's pipeline of its own streams hangs where one is destroyed after `push(null)`, before its `end`.
  it('in stream.pipeline, with an error: it settles with that', async () => {
    for (let turns = 0; turns < 40; turns++) {
      const streams = {
        readable: toNode(from(Array.from({ length: 20 }, (_, i) => i)), { highWaterMark: 2 }),
        duplex: new PassThrough({ objectMode: true, highWaterMark: 2 }) as Duplex,
        operator: asDuplex(mapping<number, number>('same', () => (n) => n), { highWaterMark: 2 }),
        writable: new Writable({ objectMode: true, write(_value, _encoding, done) { setImmediate(done) } }),
      }
      const settled = pipeline(streams.readable, streams.duplex, streams.operator, streams.writable).then(() => undefined, (error: unknown) => error)
      await settle(turns)
      streams[place].destroy(BOOM)
      expect([undefined, BOOM]).toContain(await settled)
    }
  })
})

describe('over HTTP', () => {
  let server: Server | undefined
  afterEach(async () => {
    server?.closeAllConnections()
    server?.close()
    if (server) await once(server, 'close')
    server = undefined
  })
  const serve = async (handle: Parameters<typeof createServer>[1]): Promise<number> => {
    server = createServer(handle as Parameters<typeof createServer>[0])
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }

  it('A1: a request is read, and its answer written', async () => {
    const port = await serve((incoming, answer) => {
      void fromNode(incoming).pipe(throughNode(() => createGunzip()), throughNode(() => createGzip())).to(toNodeWritable(answer)).run()
    })
    const parts = Array.from({ length: 2000 }, (_, i) => `part ${i} `)
    const outgoing = request({ port, host: '127.0.0.1', method: 'POST' })
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>
    await from(parts).pipe(throughNode(() => createGzip())).to(toNodeWritable<Buffer>(outgoing, {})).run()
    const [incoming] = await answered
    const body = await fromNode(incoming).pipe(throughNode(() => createGunzip())).to(toArray()).run()
    expect(Buffer.concat(body).toString()).toBe(parts.join(''))
  })
  it('A4: a client that leaves ends the run, and its source is closed', async () => {
    const probe = manualSource<string>()
    let outcome: Promise<unknown> | undefined
    const port = await serve((_incoming, answer) => {
      outcome = Promise.resolve(probe.source.to(toNodeWritable(answer)).run()).catch((error: unknown) => error)
      probe.emit('hello')
    })
    const outgoing = request({ port, host: '127.0.0.1' }).on('error', () => {})
    outgoing.end()
    const [incoming] = await once(outgoing, 'response') as [IncomingMessage]
    incoming.on('error', () => {})
    await once(incoming, 'data')
    outgoing.destroy()
    while (outcome === undefined) await settle(1)
    expect(await outcome).toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
    expect(probe.closeCount).toBe(1)
  })
  it('A3: a server that breaks off fails the run that reads', async () => {
    const port = await serve((_incoming, answer) => {
      answer.writeHead(200, { 'content-length': 1000 })
      answer.write('some', () => answer.destroy())
    })
    const outgoing = request({ port, host: '127.0.0.1' })
    outgoing.end()
    const [incoming] = await once(outgoing, 'response') as [IncomingMessage]
    await expect(Promise.resolve(fromNode(incoming).to(toArray()).run())).rejects.toMatchObject({ code: 'ECONNRESET' })
  })
})

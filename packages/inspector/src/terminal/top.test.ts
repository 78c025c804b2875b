import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { buffer, map, mapAsync } from '@sluice/operators'
import { drain, from, range } from '@sluice/core'
import { describe, expect, it, vi } from 'vitest'
import { FakeTerminal } from '../../test/fake-terminal'
import { formatReport, showProgress, top } from './index'

const slow = (name: string) => range(0).pipe(mapAsync(() => sleep(2), { concurrency: 2, name: 'call' })).to(drain()).run({ name })
const keyboard = () => Object.assign(new PassThrough(), { isTTY: true, isRaw: false, unref() {}, setRawMode(this: { isRaw: boolean }, raw: boolean) { this.isRaw = raw } })
const typed = (input: PassThrough, keys: string): Promise<void> => { input.write(keys); return sleep(30) }
const until = async (test: () => Promise<boolean>): Promise<void> => { while (!(await test())) await sleep(10) }
/** A stream that is no terminal, and what was written to it. */
const file = () => {
  const lines: string[] = []
  return { lines, stream: { write: (text: string) => { lines.push(...text.trimEnd().split('\n')); return true }, isTTY: false } as unknown as NodeJS.WriteStream }
}

describe('top on a terminal', () => {
  it('shows a run until it ends, and leaves the last picture where it is', async () => {
    const terminal = new FakeTerminal(90, 20)
    const run = slow('orders')
    top(run, { stream: terminal.stream, input: keyboard() as never, everyMs: 50 })
    await until(async () => (await terminal.lines()).some((line) => /^ {2}range +\d|call +\d+ +\d+ C/.test(line) || /call/.test(line)))
    expect((await terminal.lines())[0]).toMatch(/^orders ▶ /)
    await run.stop()
    await until(async () => !terminal.isCursorHidden)
    terminal.write('after\n')
    const lines = await terminal.lines()
    expect(lines[0]).toMatch(/^orders ✔ completed after/)
    expect(lines.at(-1)).toBe('after')
  })

  it('heeds its keys: p pauses and resumes, q leaves the picture and not the run', async () => {
    const terminal = new FakeTerminal(90, 20)
    const input = keyboard()
    const run = slow('orders')
    top(run, { stream: terminal.stream, input: input as never, everyMs: 50 })
    expect(input.isRaw).toBe(true)
    await typed(input, 'p')
    expect(run.status).toBe('paused')
    expect((await terminal.lines())[0]).toContain('❚❚')
    await typed(input, 'p')
    expect(run.status).toBe('running')
    await typed(input, 'q')
    expect([input.isRaw, terminal.isCursorHidden, await terminal.lines(), run.status]).toEqual([false, false, [], 'running'])
    await run.abort().catch(() => {})
    await run.catch(() => {})
  })

  it('heeds + and -: the picked stage makes more calls at once, or fewer, and its figures are shown', async () => {
    const terminal = new FakeTerminal(90, 24)
    const input = keyboard()
    const run = slow('orders')
    const leave = top(run, { stream: terminal.stream, input: input as never, everyMs: 50 })
    const concurrency = () => run.stats().stages.find(({ id }) => id === 'call')?.adjustable?.concurrency
    await typed(input, '++')
    expect(concurrency()).toBe(4)
    await until(async () => (await terminal.lines()).some((line) => / of 4\b/.test(line)))
    await typed(input, '-----')
    expect(concurrency()).toBe(1)
    // The sink has nothing that may be changed.
    input.write('\u001B[B')
    await typed(input, '++')
    expect(concurrency()).toBe(1)
    leave()
    await run.abort().catch(() => {})
    await run.catch(() => {})
  })

  it('fits itself to a terminal that becomes smaller', async () => {
    const terminal = new FakeTerminal(100, 20)
    const run = slow('orders')
    const leave = top(run, { stream: terminal.stream, input: keyboard() as never, everyMs: 60_000 })
    await terminal.resize(50, 6)
    // What has scrolled out of sight stays there; what is in sight is whole.
    const inSight = (await terminal.lines()).slice(-5)
    expect(inSight[0]).toMatch(/^orders ▶/)
    expect(inSight[2]).toMatch(/^ {2}STAGE +OUT\/s$/)
    for (const line of inSight) expect(line.length).toBeLessThan(50)
    leave()
    leave()
    await run.stop()
  })

  it('shows all runs of the process, one after the other by Tab', async () => {
    const terminal = new FakeTerminal(90, 20)
    const input = keyboard()
    const leave = top(undefined, { stream: terminal.stream, input: input as never, everyMs: 50 })
    expect(await terminal.lines()).toEqual(['No pipeline has begun to run yet.'])
    const runs = [slow('first'), slow('second')]
    await until(async () => (await terminal.lines()).join().includes('[second'))
    await typed(input, '\t')
    await until(async () => (await terminal.lines()).join().includes('[first'))
    leave()
    await Promise.all(runs.map((run) => run.stop()))
  })
})

describe('top without a terminal', () => {
  it('writes a line now and then, of each new verdict, and at the end', async () => {
    const { lines, stream } = file()
    const run = slow('orders')
    top(run, { stream, everyMs: 50, lineEveryMs: 200 })
    await sleep(700)
    await run.stop()
    await vi.waitFor(() => { expect(lines.at(-1)).toMatch(/^orders completed \d+\/s done=\d+ lost=0/) })
    expect(lines.filter((line) => line.startsWith('orders ')).length).toBeGreaterThanOrEqual(3)
    expect(lines.join('')).not.toContain('\u001b')
  })

  it('writes JSON where that is asked for; the end is told once', async () => {
    const { lines, stream } = file()
    const run = from([1, 2]).pipe(map((n) => { if (n === 2) throw new Error('no\u001b[2J'); return n })).to(drain()).run({ name: 'short' })
    top(run, { stream, json: true, everyMs: 50 })
    await run.catch(() => {})
    await vi.waitFor(() => { expect(lines).toHaveLength(1) })
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ run: 'short', status: 'failed', failed: 1 })
    await sleep(150)
    expect(lines).toHaveLength(1)
  })

  it('refuses options that it does not know', () => {
    expect(() => top(undefined, { jsn: true } as never)).toThrow('top: unknown option "jsn"; did you mean "json"?')
    expect(() => top(undefined, { everyMs: 0 })).toThrow('everyMs must be')
  })
})

describe('showProgress', () => {
  it('draws a bar that is full at the end, with the program’s own lines above and below', async () => {
    const terminal = new FakeTerminal(90, 10)
    const run = range(0, 20).pipe(mapAsync(() => sleep(5), { concurrency: 1, name: 'call' })).to(drain()).run()
    showProgress(run, { total: 20, unit: 'rows', stream: terminal.stream })
    terminal.stream.write('begun\n')
    await run
    terminal.stream.write('done\n')
    await sleep(60)
    const lines = await terminal.lines()
    expect(lines[0]).toBe('begun')
    expect(lines[1]).toMatch(/^█{20} {2}100 % {2}20 rows {2}[\d.k]+\/s$/)
    expect(lines.slice(2)).toEqual(['done'])
    expect(terminal.isCursorHidden).toBe(false)
  })

  it('writes lines where there is no terminal', async () => {
    const { lines, stream } = file()
    const run = range(0).pipe(buffer(8, { name: 'ahead' }), mapAsync(() => sleep(5), { concurrency: 1, name: 'call' })).to(drain()).run()
    const end = showProgress(run, { share: () => 0.25, stream, lineEveryMs: 50, detail: () => 'two\u001b[31m lines\n' })
    await sleep(200)
    end()
    await run.stop()
    expect(lines.length).toBeGreaterThanOrEqual(2)
    expect(lines[0]).toMatch(/^25 % {2}\d+ values {2}\d+(\.\d)?\/s {2}about 0\.\d s to go {2}\[two lines\]$/)
  })
})

describe('formatReport', () => {
  it('tells how long it took, each stage, what became of every value, and what held the run back', async () => {
    const run = range(0, 100).pipe(map((n) => n, { name: 'parse' }), buffer(16), map<number, number>((n) => { if (n === 50) throw new Error('no'); return n }, { name: 'odd', onError: 'skip' })).to(drain()).run({ name: 'orders' })
    await run
    const text = formatReport(run.stats())
    expect(text).toMatch(/^orders: completed after 0\.\d s, 99 done, /)
    expect(text).toMatch(/STAGE +OUT +W +C +L +I +B +K +QUEUE +FAILED/)
    expect(text).toMatch(/range › parse › buffer +100 /)
    expect(text).toMatch(/odd › drain +99 .* 1$/m)
    expect(text).toContain('100 read = 99 delivered + 1 skipped')
    expect(formatReport(run).split('\n')[0]).toBe(text.split('\n')[0])
  })

  it('tells a failure', async () => {
    const run = from([1]).pipe(map(() => { throw new Error('broken\u001b[2J') })).to(drain()).run({ name: 'orders' })
    await run.catch(() => {})
    expect(formatReport(run)).toContain("orders: stage 'map' (position 1) failed on 1: Error: broken (at top.test.ts:")
  })
})

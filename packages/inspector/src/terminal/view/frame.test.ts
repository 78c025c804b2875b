import { describe, expect, it } from 'vitest'
import { runStats, stageStats, timeOf } from '../../../test/stats'
import { widthOf } from '../text/cells'
import { coloured, plain } from '../text/paint'
import { frame, visibleRows } from './frame'
import { afterKey, FIRST_LOOKS, type Looks } from './looks'
import type { RunPicture } from './picture'
import { rowsOf } from './rows'

const queue = { size: 64, capacity: 64, weight: null, maxWeight: null, highWater: 64, fullMs: 0, emptyMs: 0, oldestMs: 300 , bursts: 0}
const stages = (factor: number) => [
  stageStats({ id: 'from', kind: 'source', position: 0, driver: 'valid', out: 206 * factor }),
  stageStats({ id: 'valid', position: 1, driver: 'valid', in: 206 * factor, out: 206 * factor, queue, time: timeOf({ backpressuredMs: 860 * factor, workingMs: 140 * factor }) }),
  stageStats({ id: 'enrich', position: 2, in: 206 * factor, out: 206 * factor, site: 'etl.ts:31:5', errors: 3, retries: 2, fates: { absorbed: 0, dropped: 0, skipped: 1, deadLettered: 0, failed: 0 }, time: timeOf({ callingMs: 960 * factor, idleMs: 40 * factor }),
    calls: { started: 9, settled: 5, inFlight: 4, concurrency: 4, inFlightMs: 1, peakInFlight: 4, atBoundMs: 1, oldestMs: 61, serviceMs: { count: 5, mean: 19, p50: 19, p95: 24, p99: 61, max: 61, min: 1, growth: null } } }),
  stageStats({ id: 'write', kind: 'sink', position: 3, in: 206 * factor, out: 206 * factor, fates: { absorbed: 0, dropped: 4, skipped: 0, deadLettered: 0, failed: 0 }, time: timeOf({ idleMs: 1000 * factor }) }),
]
const picture = (given: Partial<RunPicture> = {}): RunPicture => ({
  stats: runStats(stages(10)), before: runStats(stages(8), { elapsedMs: 8000 }), failure: undefined, canPause: true,
  finding: { verdict: 'calls-full', isQuiet: false, stage: 'enrich', text: "'enrich' waits for outside 96 %. Concurrency 4 → 9: about 466/s" }, ...given,
})
const draw = (looks: Partial<Looks> = {}, columns = 99, rows = 24, pictures = [picture()], paint = plain): string[] => frame(pictures, { ...FIRST_LOOKS, ...looks }, undefined, { columns, rows }, paint)

describe('the picture of a run', () => {
  it('shows each stage with rates, its state since a few seconds ago, its queue and its losses, and the culprit marked', () => {
    expect(draw()).toEqual([
      'orders ▶ 206/s  2,060 done  0 lost  loop 18 %  heap 81 MB of 512 MB                          ? keys',
      "⚠ 'enrich' waits for outside 96 %. Concurrency 4 → 9: about 466/s",
      '  STAGE          IN/s  OUT/s STATE           QUEUE          AGE  LOST  FAIL',
      '  from › valid           206 B██████▉  86 %  64/64 full   0.3 s     0     0',
      '▲ enrich          206    206 C███████▋ 96 %               0.1 s     0     1',
      '  write           206    206 I████████ 100 %                        4     0',
    ])
  })

  it.each([12, 20, 40, 58, 59, 78, 79, 99, 200])('fits into %i columns, and into any height', (columns) => {
    for (const looks of [{}, { panel: 'stage' }, { panel: 'failures' }, { panel: 'what-if' }, { panel: 'keys' }, { find: 'e', isTyping: true }] as const) {
      for (const rows of [1, 3, 8, 40]) {
        const lines = draw({ ...looks, picked: 1 }, columns, rows, [picture(), picture({ failure: `broken ${'x'.repeat(300)}` })], coloured)
        expect(lines.length).toBeLessThanOrEqual(rows)
        for (const line of lines) expect(widthOf(line), line).toBeLessThanOrEqual(columns)
      }
    }
  })

  it('narrow, leaves out IN, AGE and FAIL; narrower still shows name, rate and letter', () => {
    expect(draw({}, 70)[2]).toBe('  STAGE         OUT/s STATE           QUEUE        LOST')
    expect(draw({}, 40).find((line) => line.startsWith('▲'))).toMatch(/^▲ enrich +206 C 96 %/)
  })

  it('writes names and errors of the program without their escape sequences', () => {
    const evil = 'x\u001b]0;pwned\u0007\u001b[2J'
    const lines = draw({ panel: 'failures' }, 99, 24, [picture({
      stats: runStats([stageStats({ id: 'a', name: evil, errors: 1, time: timeOf({ idleMs: 1 }) })], { name: evil }), before: undefined, failure: evil,
      finding: undefined,
    })])
    expect(lines.join('')).not.toContain('\u001b')
    expect(lines[0]).toMatch(/^x ▶/)
  })

  it('shows a part of many stages: the part with the one that is picked', () => {
    const many = picture({ before: undefined, stats: runStats(Array.from({ length: 200 }, (_, at) => stageStats({ id: `s${at}`, position: at, time: timeOf({ idleMs: 1 }) }))) })
    const lines = draw({ picked: 150 }, 99, 14, [many])
    expect(lines[2]).toContain('of 200')
    expect(lines.some((line) => line.startsWith('  s150 '))).toBe(true)
  })

  it('tells inner sources of one kind together', () => {
    const inner = (at: number) => stageStats({ id: `fetch#${at}`, name: 'fetch', inner: true, position: 2, kind: 'source', out: 10 })
    const [, row] = rowsOf(runStats([stageStats({ id: 'from', kind: 'source', position: 0 }), inner(1), inner(2), inner(3)]), undefined)
    expect(row).toMatchObject({ alike: 3, outRate: 3 })
  })
})

describe('the panels', () => {
  it('Enter tells the figures of the stage that is picked', () => {
    const text = draw({ panel: 'stage', picked: 1 }).join('\n')
    expect(text).toContain('enrich  etl.ts:31:5  in 2,060  out 2,060  errors 3  retries 2')
    expect(text).toContain('calls: 4 of 4 under way, at most 4 so far, the oldest for 0.1 s')
    expect(text).toContain('p50 19 ms  p95 24 ms  p99 61 ms')
  })

  it('w tells what each stage could do by itself, the slowest first', () => {
    expect(draw({ panel: 'what-if' }).slice(-2)).toEqual(['  enrich: at most 215/s (busy 96 % of the time at 206/s)', '  from › valid: at most 1471/s (busy 14 % of the time at 206/s)'])
  })

  it('f tells what failed and what was lost', () => {
    expect(draw({ panel: 'failures' }).join('\n')).toMatch(/enrich: errors 3, retries 2, skipped 1\n {2}write: dropped 4/)
    expect(draw({ panel: 'failures' }, 99, 24, [picture({ stats: runStats([stageStats({ id: 'a' })]), before: undefined })]).at(-1)).toBe('No failures, and nothing is lost.')
  })
})

describe('the keys', () => {
  const press = (looks: Looks, ...keys: string[]): Looks => keys.reduce((at, key) => afterKey(at, key.length > 1 ? { name: key, sequence: '' } : { name: key, sequence: key }, 3, 2).looks, looks)

  it('pick a stage, and stay among those that are there', () => {
    expect(press(FIRST_LOOKS, 'down', 'down', 'down', 'down', 'up').picked).toBe(1)
    expect(press(FIRST_LOOKS, 'up').picked).toBe(0)
  })

  it('sort, freeze, show and hide panels, go through the runs', () => {
    expect(press(FIRST_LOOKS, 's', 's', 's', 's').sorting).toBe('flow')
    expect(visibleRows(picture(), press(FIRST_LOOKS, 's')).map(({ id }) => id)).toEqual(['enrich', 'valid', 'write'])
    expect(press(FIRST_LOOKS, 'space').isFrozen).toBe(true)
    expect(press(FIRST_LOOKS, 'f').panel).toBe('failures')
    expect(press(FIRST_LOOKS, 'f', 'w').panel).toBe('what-if')
    expect(press(FIRST_LOOKS, 'w', 'w').panel).toBe('none')
    expect(press(FIRST_LOOKS, 'return', 'escape').panel).toBe('none')
    expect([press(FIRST_LOOKS, 'tab').run, press(FIRST_LOOKS, 'tab', 'tab').run]).toEqual([0, 1])
  })

  it('find a stage by a part of its name; letters are letters while a word is typed', () => {
    const looks = press(FIRST_LOOKS, '/', 'r', 'i', 'q', 'backspace')
    expect(looks).toMatchObject({ find: 'ri', isTyping: true })
    expect(visibleRows(picture(), looks).map(({ id }) => id)).toEqual(['enrich', 'write'])
    expect(press(looks, 'return')).toMatchObject({ find: 'ri', isTyping: false })
    expect(press(looks, 'escape')).toMatchObject({ find: '', isTyping: false })
  })

  it('ask for a pause, and for the end of the picture', () => {
    expect(afterKey(FIRST_LOOKS, { name: 'p', sequence: 'p' }, 3, 1).wish).toBe('pause')
    expect(afterKey(FIRST_LOOKS, { name: 'q', sequence: 'q' }, 3, 1).wish).toBe('quit')
  })
})

/**
 *   cellar ──┐                  ┌ 0–1000 ms    ┐
 *   attic ───┼──▶ merge ──▶ ────┤ 1000–2000 ms ├──▶ mean of each sensor
 *   roof ────┘                  └ …            ┘
 *
 * Readings of several sensors, in windows by the time they were taken, not by the time they came: late ones within
 * 500 ms still count, later ones are told of. The open windows are bounded: a sensor with a wrong clock costs no memory.
 */
import { forEach, from, map, mergeWith, windowEventTime } from 'sluice'

interface Reading { readonly sensor: string; readonly atMs: number; readonly celsius: number }

const readings = (sensor: string, ...pairs: [number, number][]): Reading[] =>
  pairs.map(([atMs, celsius]) => ({ sensor, atMs, celsius }))

const cellar = readings('cellar', [100, 12], [600, 13], [1100, 13], [1600, 14], [2100, 14], [2600, 15])
const attic = readings('attic', [200, 24], [1200, 26], [700, 25], [1700, 28], [2200, 30], [2700, 31]) // one came late
const roof = readings('roof', [300, 8], [800, 7], [1300, 6], [1800, 4], [900, 99], [2800, 3]) // one came too late

const mean = (values: readonly number[]): string => (values.reduce((sum, it) => sum + it, 0) / values.length).toFixed(1)

await from(cellar).pipe(
  mergeWith(attic, roof),
  windowEventTime({
    sizeMs: 1000,
    time: ({ atMs }) => atMs,
    latenessMs: 500,
    maxWindows: 3,
    maxCount: 100,
    onLate: ({ sensor, atMs }) => console.log(`too late: the reading of ${atMs} ms (${sensor})`),
  }),
  map(({ start, values }) => {
    const of = (sensor: string): string => mean(values.filter((it) => it.sensor === sensor).map(({ celsius }) => celsius))
    return `from ${start} ms, ${values.length} readings: cellar ${of('cellar')}, attic ${of('attic')}, roof ${of('roof')}`
  }),
).to(forEach((line) => console.log(line))).run()

import { bar } from '../text/bar'
import { count, duration, percent, short } from '../text/figures'
import { printable } from '../text/printable'

/** What is told of how far a run is. */
export interface ProgressFigures {
  /** 0 to 1; undefined where nobody knows how much there is. */
  readonly share: number | undefined
  readonly done: number
  readonly unit: string
  readonly rate: number
  readonly ended: boolean
  /** How long it will take at this pace, in ms; undefined where that cannot be told. */
  readonly leftMs: number | undefined
  readonly detail: string
}

/** A bar so wide leaves room for the figures on 80 columns. */
const BAR = 20

/**
 * How far a run is, on one line.
 *
 * @param columns those of the terminal; undefined where there is none, and so no bar.
 */
export function progressLine({ share, done, unit, rate, ended, leftMs, detail }: ProgressFigures, columns: number | undefined): string {
  return [
    ...(share !== undefined && columns !== undefined && columns >= 2 * BAR ? [bar(share, BAR).replaceAll(' ', '░')] : []),
    ...(share === undefined ? [] : [percent(share)]),
    `${count(done)} ${printable(unit, 40)}`, `${short(rate)}/s`,
    ...(leftMs === undefined || ended ? [] : [`about ${duration(leftMs)} to go`]),
    ...(detail === '' ? [] : [`[${printable(detail)}]`]),
  ].join('  ')
}

import type { RunStats } from '@sluice/core'
import type { Finding } from './finding'

/** A run at one moment, ready to be drawn. */
export interface RunPicture {
  readonly stats: RunStats
  /** Figures of a few seconds earlier: rates and shares are of the time since. */
  readonly before: RunStats | undefined
  readonly finding: Finding | undefined
  readonly failure: string | undefined
  readonly canPause: boolean
}

/** Where a picture has to fit, and how it is coloured. */
export interface Ground {
  readonly columns: number
  readonly rows: number
}

import type { Range } from './entry'
import type { Row } from './rows'

/** Addresses of a network that one country has. */
export interface Part {
  readonly start: number
  readonly end: number
  readonly country: string
}

/** How far one file has been dealt with. */
export interface FilePosition {
  /** Rows dealt with. */
  readonly rows: number
  /** Of those, the ones that are no ranges. */
  readonly malformed: number
  /** The end of the last range. */
  readonly last: number
}

/**
 * All the sweep knows at a moment. Written with the rows, it is where a killed job goes on: both files are read on behind
 * `rows`, and what is in the middle of being joined is still at hand.
 */
export interface Position {
  /** Events so far: each is resolved, unresolved or malformed, and the last one says that it is the last. */
  readonly events: number
  readonly networks: FilePosition
  readonly countries: FilePosition
  /** The network whose countries are still being collected, with those it has. */
  readonly network: Range | undefined
  readonly parts: readonly Part[]
  /** The country that was met last; it may reach into the next network. */
  readonly country: Range | undefined
  readonly finished: boolean
}

export const START: Position = {
  events: 0,
  networks: { rows: 0, malformed: 0, last: -1 },
  countries: { rows: 0, malformed: 0, last: -1 },
  network: undefined,
  parts: [],
  country: undefined,
  finished: false,
}

/** What the sweep makes of the rows. `at` is the position behind it. */
export type JoinEvent = { readonly at: Position } & (
  | { readonly kind: 'resolved'; readonly network: Range; readonly parts: readonly Part[] }
  | { readonly kind: 'unresolved'; readonly network: Range }
  | { readonly kind: 'malformed'; readonly row: Row; readonly reason: string }
  | { readonly kind: 'finished' }
)

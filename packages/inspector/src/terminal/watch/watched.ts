import type { RunStats } from '@sluice/core'

/** A run as the terminal needs it: of this process, of another one, or of a recording. */
export interface WatchedRun {
  stats(): RunStats
  /** Why it has failed, on one line; undefined where it has not. */
  failure(): string | undefined
  /** Pauses or resumes it; absent where that cannot be done from here. */
  readonly toggle?: (() => void) | undefined
  /** Allows a stage more (1) or fewer (-1) calls at once, or a higher or lower rate; absent where that cannot be done from here. */
  readonly adjust?: ((stage: string, way: 1 | -1) => void) | undefined
}

/** The runs that are looked at; they come and go. */
export interface WatchedRuns {
  /** The oldest first. */
  list(): readonly WatchedRun[]
  /** What is to be said of all of them, such as that the connection is lost; undefined where there is nothing. */
  note(): string | undefined
  /** True once there will be no news. */
  isOver(): boolean
  close(): void
}

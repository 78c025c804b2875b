/** A way of doing the work of a case. Answers a figure to be checked, so that nobody skips the work. */
export type Contender = () => Promise<unknown>

/** What is asked of the ratio of a rival's time to Sluice's. */
export interface Goal {
  readonly rival: string
  /** At least so many times as long as Sluice; below 1 it may be that much shorter. */
  readonly atLeast: number
  /** Which contender of ours; default `'sluice'`. */
  readonly ours?: string
  /** Measured after a dozen other operators have run in the process. */
  readonly polluted?: boolean
}

/** A piece of work, the contenders that do it, and what is asked. */
export interface Case {
  readonly name: string
  readonly what: string
  /** Values per round: times are told per value. */
  readonly values: number
  readonly contenders: Readonly<Record<string, Contender>>
  readonly goals: readonly Goal[]
}

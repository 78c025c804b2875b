/**
 * What a stage does to the values that pass, told before anything runs. A pipeline is judged by it: see
 * `describePipeline`.
 */
export interface Traits {
  /**
   * What becomes of the tickets of values.
   *
   * - `'kept'`: a ticket goes on with what becomes of its value.
   * - `'ended'`: values are acknowledged or handed to another run here, so what comes out has no ticket of its own.
   */
  readonly tickets: 'kept' | 'ended'
  /** Whether values come out in the order in which they came in. */
  readonly order: 'kept' | 'changed'
  /**
   * Which values do not come out.
   *
   * - `'nothing'`: every value goes on, or becomes a part of what does.
   * - `'chosen'`: those that a test, a number or an end leaves out, the same ones in each run.
   * - `'surplus'`: those that come too fast, too late, or while others are held: which ones is decided by time.
   */
  readonly drops: 'nothing' | 'chosen' | 'surplus'
  /** The most values it holds back at once, besides the batch it works on. `Infinity`: there is no bound. */
  readonly holds: number
  /** The most pipelines of its own that it has open at once, each made of a value while it runs, as `mergeMap` does. */
  readonly opens: number
}

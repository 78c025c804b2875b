/**
 * Something about a run that should not be, told without being asked for.
 *
 * - `stall`: a call has not come back for ten seconds and for twenty times as long as calls took so far, and nothing goes on behind it
 * - `deadlock`: all stages wait for one another; the run fails as well
 * - `drop`: values were dropped because there was no room for them
 * - `blocked-loop`: a stage has held the event loop for 200 ms or longer
 */
export interface Warning {
  readonly kind: 'stall' | 'deadlock' | 'drop' | 'blocked-loop'
  /** The name of the run. */
  readonly run: string
  /** The id of the stage. */
  readonly stage: string
  /** Where the stage was built, as `file:line:column`; null where that is not known. */
  readonly site: string | null
  readonly message: string
  /** What the message rests on. */
  readonly figures: Readonly<Record<string, number | string>>
}

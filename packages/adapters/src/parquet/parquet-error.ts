/** A file that is no Parquet, or lacks what was asked for; `cause` is what hyparquet said. */
export class ParquetError extends Error {
  override readonly name = 'ParquetError'
  readonly code = 'SLUICE_PARQUET'

  constructor(
    readonly place: string,
    problem: string,
    cause?: unknown,
  ) {
    super(`${place}: ${problem}`, cause === undefined ? undefined : { cause })
  }
}

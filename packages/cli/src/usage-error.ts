/** A mistake on the command line: told in one line, with exit code 2. */
export class UsageError extends Error {
  readonly code = 'SLUICE_USAGE'
}

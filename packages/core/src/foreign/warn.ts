/** Where warnings go on the platforms there are. */
interface Host {
  readonly process?: { emitWarning?(warning: Error): void }
  readonly console?: { warn?(warning: Error): void }
}

/** Tells of something that is no failure yet: through the warnings of the process, else on the console. */
export function warn(warning: Error): void {
  const { process, console } = globalThis as Host
  if (process?.emitWarning) process.emitWarning(warning)
  else console?.warn?.(warning)
}

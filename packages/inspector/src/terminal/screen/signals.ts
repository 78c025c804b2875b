/** What of a process is listened to: the process itself, or a stand-in for it. */
export interface Host {
  readonly pid: number
  readonly platform: NodeJS.Platform
  on(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
  listenerCount(event: string): number
  kill(pid: number, signal: NodeJS.Signals): unknown
}

/** What is to be done with a terminal when the process ends or stands still. */
export interface TerminalCare {
  /** The process is about to end: the terminal is given back for good. */
  leave(): void
  /** The process is about to stand still, by Ctrl-Z. */
  suspend(): void
  resume(): void
}

/** Signals that end a process which does not listen to them. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']

/**
 * Sees to it that a terminal is given back however the process ends: by itself, by an error that nobody catches, by a signal.
 *
 * A signal that the program listens to is the program's business. One that nobody listens to ends the process, as it would without us.
 *
 * @returns ends the care.
 */
export function careFor(care: TerminalCare, host: Host): () => void {
  const listeners: [event: string, listener: () => void][] = [
    ['exit', () => { care.leave() }],
    // Before the error is printed, which goes past all streams.
    ['uncaughtExceptionMonitor', () => { if (host.listenerCount('uncaughtException') === 0) care.leave() }],
    ...ENDING.map((signal): [string, () => void] => [signal, () => {
      if (host.listenerCount(signal) > 1) return
      care.leave()
      end()
      host.kill(host.pid, signal)
    }]),
  ]
  if (host.platform !== 'win32') {
    listeners.push(
      ['SIGTSTP', () => {
        care.suspend()
        // Whoever listens has taken the place of the default, which is to stand still.
        if (host.listenerCount('SIGTSTP') === 1) host.kill(host.pid, 'SIGSTOP')
      }],
      ['SIGCONT', () => { care.resume() }],
    )
  }
  const end = (): void => { for (const [event, listener] of listeners) host.off(event, listener) }
  for (const [event, listener] of listeners) host.on(event, listener)
  return end
}

/** Sends what a key stands for to everybody at this terminal, as the terminal does where keys are not read one by one. */
export function raise(signal: NodeJS.Signals, host: Host): void {
  host.kill(host.platform === 'win32' ? host.pid : 0, signal)
}

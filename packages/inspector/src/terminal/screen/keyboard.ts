import { emitKeypressEvents } from 'node:readline'
import type { Key } from '../view/looks'
import { raise, type Host } from './signals'

/** What keys are read from: `process.stdin`, or a stand-in for it. */
export type KeyStream = NodeJS.ReadStream

const SIGNAL_KEYS = new Map<string, NodeJS.Signals>([['c', 'SIGINT'], ['z', 'SIGTSTP'], ['\\', 'SIGQUIT']])

/**
 * Reads keys one by one. Where there is no terminal to read from, or the program reads from it by itself, nothing is read.
 *
 * Keys never keep a process running. Ctrl-C and its like do what they always do.
 *
 * @returns ends the reading; the terminal is as it was.
 */
export function readKeys(input: KeyStream, pressed: (key: Key) => void, host: Host): () => void {
  if (!input.isTTY || typeof input.setRawMode !== 'function' || input.listenerCount('data') + input.listenerCount('readable') > 0) return () => {}
  const take = (_text: string | undefined, key: Key): void => {
    const signal = key.ctrl === true ? SIGNAL_KEYS.get(key.name ?? '') ?? (key.sequence === '\u001c' ? 'SIGQUIT' : undefined) : undefined
    if (signal === undefined) pressed(key)
    else raise(signal, host)
  }
  emitKeypressEvents(input)
  const wasRaw = input.isRaw
  input.setRawMode(true)
  input.on('keypress', take)
  input.resume()
  input.unref()
  return () => {
    input.off('keypress', take)
    input.setRawMode(wasRaw)
    input.pause()
  }
}

import { type Operator } from '@sluice/core'
import { DONE, operator } from '@sluice/core/authoring'
import { HALF_A_CHARACTER, isWellFormed, WholeText } from '../text/well-formed'
import { CsvError } from './csv-record'

/** Text as UTF-8, wherever it was cut, also in the middle of a character; bytes as they are. One piece comes of each. */
export function encodeText(place: string): Operator<string | Uint8Array, Uint8Array> {
  return operator<string | Uint8Array, Uint8Array>('encode', (upstream, stage) => {
    const whole = new WholeText()
    const slot: (string | Uint8Array)[] = []
    const encoded = (text: string): Uint8Array => {
      if (!isWellFormed(text)) throw new CsvError(place, undefined, `the text has ${HALF_A_CHARACTER}`)
      return Buffer.from(text)
    }
    return {
      get tickets() { return upstream.tickets },
      pull(into, limit) {
        const count = upstream.pull(slot, limit)
        for (let i = 0; i < count; i++) {
          const piece = slot[i] as string | Uint8Array
          stage.ready = i
          if (typeof piece === 'string') into[i] = encoded(whole.take(piece))
          else {
            encoded(whole.end())
            into[i] = piece
          }
        }
        slot.length = 0
        if (count === DONE) encoded(whole.end())
        return count
      },
    }
  })
}

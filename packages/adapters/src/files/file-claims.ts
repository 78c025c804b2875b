import { coded } from '@sluice/core/authoring'
import { FileError } from './file-error'

/** Files that this process is writing, by their path with links followed: how many write each, and whether all of them append. */
const writers = new Map<string, { count: number; readonly append: boolean }>()

/**
 * Claims a file for one writer until the answer is called. Writers that all append may share one.
 *
 * Why: of two writers that each replace a file the one that ends later wins, and nobody hears that the lines of the other are lost.
 *
 * @param path as the user named the file.
 * @param final where the path leads.
 * @throws FileError where somebody else in this process is writing the file.
 */
export function claimFile(path: string, final: string, append: boolean): () => void {
  const found = writers.get(final)
  if (found && !(append && found.append)) {
    const cause = coded('SLUICE_FILE', new Error('another sink is writing that file now: give each a path of its own, let stages share one sink, or set append: true on both'))
    throw new FileError(path, 'opened', cause)
  }
  const claim = found ?? { count: 0, append }
  claim.count++
  writers.set(final, claim)
  let isHeld = true
  return () => {
    if (!isHeld) return
    isHeld = false
    if (--claim.count === 0) writers.delete(final)
  }
}

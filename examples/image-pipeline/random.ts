/** Numbers in [0, 1) that are the same for the same seed, so that a photo or a bad day of the server can be had again. */
export function randomOf(seed: number): () => number {
  // mulberry32: 32 bits of state are plenty for pictures and dice.
  let state = Math.imul(seed + 1, 0x9e3779b9) >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

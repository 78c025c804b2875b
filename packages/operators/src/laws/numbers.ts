/** One number that tells a list from all others, for operators that make lists of values. */
export function digest(values: Iterable<number>): number {
  let sum = 7
  for (const value of values) sum = (sum * 31 + value) % 1_000_003
  return sum
}

/** Whether a whole number is odd. */
export const odd = (value: number): boolean => value % 2 !== 0

/** A list cut into pieces of at most `size`. */
export function pieces(values: readonly number[], size: number): number[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => values.slice(i * size, (i + 1) * size))
}

/** What the values of a list are, as they are. */
export const same = (values: readonly number[]): readonly number[] => values

/** An asynchronous function that answers its value: at once, after a promise, or after some ms of the clock. */
export const later = (clock: { sleep(ms: number): Promise<void> }) => async (value: number): Promise<number> => {
  if (value % 4 === 1) await clock.sleep(1 + value % 3)
  else if (value % 4 === 2) await Promise.resolve()
  return value
}

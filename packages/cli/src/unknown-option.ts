/** How many letters have to be put in, left out or exchanged to make one word of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** The word that was probably meant: the one that differs in the fewest letters, and in two at most. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  // Nobody means a word of hundreds of letters.
  if (word.length > 40) return undefined
  const near = known.map((name) => ({ name, far: distance(word.toLowerCase(), name) })).sort((a, b) => a.far - b.far)[0]
  return near && near.far <= 2 ? near.name : undefined
}

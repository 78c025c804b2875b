/** The number of an IPv4 address; undefined where it is none. Strict: four decimal numbers, without leading zeros. */
export function addressNumber(text: string): number | undefined {
  let address = 0
  let part = 0
  let digits = 0
  let dots = 0
  for (let i = 0; i <= text.length; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit >= 0 && digit <= 9) {
      if (digits++ > 0 && part === 0) return undefined
      part = part * 10 + digit
      if (part > 255) return undefined
      continue
    }
    if (digits === 0 || (i < text.length && (text[i] !== '.' || ++dots > 3))) return undefined
    address = address * 256 + part
    part = digits = 0
  }
  return dots === 3 ? address : undefined
}

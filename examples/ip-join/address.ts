const PART = /^(?:0|[1-9]\d{0,2})$/

/** The number of an IPv4 address; undefined where it is none. */
export function addressNumber(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let number = 0
  for (const part of parts) {
    const value = PART.test(part) ? Number(part) : 256
    if (value > 255) return undefined
    number = number * 256 + value
  }
  return number
}

/** The dotted form of an IPv4 address. */
export function addressText(number: number): string {
  return `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`
}

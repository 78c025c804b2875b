/** A part of 1 as a text: `'96 %'`. */
export function percent(part: number): string {
  return `${Math.round(part * 100)} %`
}

/** Milliseconds as a text: `'310 ms'`, `'4.1 s'`. */
export function duration(ms: number): string {
  if (ms >= 120_000) return `${Math.round(ms / 60_000)} min`
  if (ms >= 1000) return `${short(ms / 1000)} s`
  return `${short(ms)} ms`
}

/** Values a second as a text: `'206/s'`. */
export function perSecond(rate: number): string {
  return `${short(rate)}/s`
}

/** A number with two digits that count, or all of those before the point. */
export function short(value: number): string {
  const size = Math.abs(value)
  if (size >= 10) return Math.round(value).toLocaleString('en')
  if (size >= 1) return String(Number(value.toFixed(1)))
  return String(Number(value.toPrecision(2)))
}

/** The same as a figure. */
export function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : 0
}

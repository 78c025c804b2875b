const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })

/** 1,234 and 12.3K: exact as long as it is short. */
export function count(value: number): string {
  return Math.abs(value) < 100_000 ? whole.format(value) : short.format(value)
}

/** A rate, with a digit behind the point where it is low. */
export function rate(perSecond: number): string {
  if (perSecond > 0 && perSecond < 10) return `${perSecond.toFixed(1)}/s`
  return `${perSecond < 10_000 ? whole.format(perSecond) : short.format(perSecond)}/s`
}

export function percent(part: number): string {
  return `${Math.round(part * 100)} %`
}

export function duration(ms: number): string {
  if (ms < 0.005) return '0 ms'
  if (ms < 1) return `${ms.toFixed(2)} ms`
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  return minutes < 60 ? `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

export function bytes(value: number): string {
  return value >= 2 ** 30 ? `${(value / 2 ** 30).toFixed(1)} GB` : `${Math.round(value / 2 ** 20)} MB`
}

export function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB')
}

/** The end of a text is cut off, with an ellipsis. */
export function clipped(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}

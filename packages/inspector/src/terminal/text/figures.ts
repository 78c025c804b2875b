/** A count with separators, as in `88,120`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en')
}

/** A count or a rate in at most five characters, as in `206`, `12.4k` or `2.1M`. */
export function short(value: number): string {
  if (value < 10 && !Number.isInteger(value)) return value.toFixed(1)
  if (value < 10_000) return String(Math.round(value))
  if (value < 999_500) return `${scaled(value / 1e3)}k`
  return value < 999_500_000 ? `${scaled(value / 1e6)}M` : `${scaled(value / 1e9)}G`
}

/** A time in at most six characters, as in `0.3 s`, `41 s`, `3 min`. */
export function duration(ms: number): string {
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`
}

/** A time of a call, as in `0.19 ms`, `24 ms`, `1.2 s`. */
export function callTime(ms: number): string {
  if (ms < 1) return `${ms.toFixed(2)} ms`
  if (ms < 10) return `${ms.toFixed(1)} ms`
  return ms < 1000 ? `${Math.round(ms)} ms` : duration(ms)
}

/** Bytes, as in `81 MB`. */
export function bytes(value: number): string {
  return value < 10e9 ? `${Math.round(value / 1e6)} MB` : `${Math.round(value / 1e9)} GB`
}

/** A share of 0 to 1, as in `96 %`. */
export function percent(share: number): string {
  return `${Math.round(100 * Math.min(1, Math.max(0, share)))} %`
}

function scaled(value: number): string {
  return value < 99.95 ? value.toFixed(1) : String(Math.round(value))
}

/**
 *   files ──▶ decode ×2 ──▶ [ ≤ 32 kB of pixels ] ──▶ resize ×2 ──▶ upload ×4 ──▶ report
 *
 * Images differ in size by far, so "ten of them" is no bound on memory: this buffer is bounded by what they weigh. Each
 * stage is the consumer of the one before and the producer of the next, with as many workers as it needs.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { buffer, from, mapAsync, toArray } from 'sluice'

interface Image { readonly name: string; readonly width: number; readonly pixels: Uint8Array }
interface File { readonly name: string; readonly width: number; readonly sky: number; readonly ground: number }

const files: File[] = Array.from({ length: 48 }, (_, n) => ({ name: `photo-${n + 1}`, width: 16 << (n % 4), sky: 200, ground: n }))
const bucket = new Map<string, Uint8Array>()
let held = 0
let mostHeld = 0

async function decode({ name, width, sky, ground }: File): Promise<Image> {
  await sleep(1)
  const half = (width * width) / 2
  const pixels = new Uint8Array(2 * half).fill(sky, 0, half).fill(ground, half)
  held += pixels.length
  mostHeld = Math.max(mostHeld, held)
  return { name, width, pixels }
}

/** Halves both sides: each pixel is the mean of four. */
async function resize({ name, width, pixels }: Image): Promise<Image> {
  held -= pixels.length
  const half = width / 2
  const small = new Uint8Array(half * half).map((_, i) => {
    const at = 2 * Math.floor(i / half) * width + 2 * (i % half)
    return [at, at + 1, at + width, at + width + 1].reduce((sum, n) => sum + (pixels[n] ?? 0), 0) / 4
  })
  return { name, width: half, pixels: small }
}

async function upload({ name, width, pixels }: Image): Promise<string> {
  await sleep(4)
  bucket.set(name, pixels)
  return `${name}: ${width} × ${width}, sky ${pixels[0]}, ground ${pixels.at(-1)}`
}

const report = await from(files).pipe(
  mapAsync(decode, { concurrency: 2, capacity: 1 }),
  buffer(1_000, { maxWeight: 32_768, weigh: ({ pixels }) => pixels.length }),
  mapAsync(resize, { concurrency: 2, capacity: 1 }),
  mapAsync(upload, { concurrency: 4, capacity: 1 }),
).to(toArray()).run()

for (const line of report.slice(0, 4)) console.log(line)
console.log(`… ${report.length} in all, ${bucket.size} uploaded`)
const all = files.reduce((sum, { width }) => sum + width * width, 0)
console.log(`of ${all} bytes of pixels, at most the bound and a few images in work were held: ${mostHeld <= 32_768 + 4 * 16_384}`)

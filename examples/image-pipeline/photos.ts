import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import sharp from 'sharp'
import { count, filterAsync, map, mapAsync, type Pipeline, range } from 'sluice'
import { randomOf } from './random'
import { landscape } from './scenery'

/** A photo to be worked on. */
export interface PhotoFile {
  /** 0, 1, 2 … in the order of the input. */
  readonly index: number
  readonly name: string
  readonly path: string
}

/** A drawn photo: how many pixels wide and high. */
export interface PhotoSize {
  readonly width: number
  readonly height: number
}

const PHOTO = new Set(['.jpg', '.jpeg', '.png', '.webp', '.avif', '.tif', '.tiff', '.gif'])

/**
 * The photos of a folder by name, `total` of them: where there are fewer it begins anew, and the photos of the second
 * round are named `…~2`. Only names are in memory.
 */
export async function* photosIn(folder: string, total: number): AsyncGenerator<PhotoFile> {
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.') && PHOTO.has(extname(name).toLowerCase())).sort()
  if (names.length === 0) throw new Error(`no photos in ${folder}: expected ${[...PHOTO].join(' ')}`)
  const wanted = Number.isFinite(total) ? total : names.length
  for (let index = 0; index < wanted; index++) {
    const name = names[index % names.length] as string
    const round = Math.floor(index / names.length) + 1
    yield { index, name: round === 1 ? name : `${name}~${round}`, path: join(folder, name) }
  }
}

/** Draws the photos that a folder does not have yet, two at a time; resolves with how many that were. */
export function drawPhotos(folder: string, photos: number, size: PhotoSize): Pipeline<number> {
  return range(0, photos)
    .pipe(
      map((index) => ({ index, path: join(folder, `${String(index + 1).padStart(3, '0')}-${size.width}x${size.height}.jpg`) })),
      filterAsync(async ({ path }) => !(await exists(path)), { concurrency: 1, name: 'missing' }),
      mapAsync(({ index, path }) => draw(index, path, size), { concurrency: 2, name: 'draw' }),
    )
    .to(count())
}


async function draw(index: number, path: string, { width, height }: PhotoSize): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const part = `${path}.part`
  try {
    const pixels = await sharp(Buffer.from(landscape(index, width, height))).removeAlpha().raw().toBuffer()
    addGrain(pixels, index)
    await sharp(pixels, { raw: { width, height, channels: 3 } }).jpeg({ quality: 90 }).toFile(part)
    await rename(part, path)
  } finally {
    await rm(part, { force: true })
  }
}

/** Film grain, so that a photo is as hard to decode and to encode as one from a camera. */
function addGrain(pixels: Buffer, index: number): void {
  const random = randomOf(1000 + index)
  // Two dice make a triangle, which is bell enough. The length shares no factor with the width: no stripes.
  const grain = Int8Array.from({ length: 65_521 }, () => 30 * (random() + random() - 1))
  const clamped = new Uint8ClampedArray(pixels.buffer, pixels.byteOffset, pixels.length)
  for (let at = 0, speck = 0; at < clamped.length; at += 3) {
    const light = grain[speck] as number
    for (let channel = at; channel < at + 3; channel++) clamped[channel] = (clamped[channel] as number) + light
    if (++speck === grain.length) speck = 0
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true
}

import sharp from 'sharp'
import type { Gauges } from './memory'
import type { PhotoFile } from './photos'

/** A photo as pixels: three bytes each, upright. */
export interface DecodedPhoto extends PhotoFile {
  readonly width: number
  readonly height: number
  readonly pixels: Buffer
}

/** A photo that cannot be used: broken, or too large for the memory bound. */
export class PhotoError extends Error {
  override readonly name = 'PhotoError'
}

/** Answers the function that reads a photo; `largest` is what its pixels may take, in bytes. */
export function decoder(gauges: Gauges, largest: number): (file: PhotoFile) => Promise<DecodedPhoto> {
  return async (file) => {
    // Its own limit of pixels is off: the one that counts is checked below, before anything is decoded.
    const image = sharp(file.path, { failOn: 'error', limitInputPixels: false })
    const { width, height } = await image.metadata().catch((error: unknown) => refuse('no photo', error))
    const bytes = width * height * 3
    if (bytes > largest) {
      throw new PhotoError(`${width} × ${height} pixels take ${bytes} bytes, the memory bound leaves ${largest} for a photo`)
    }
    gauges.decoding.add(bytes)
    try {
      const { data, info } = await image.autoOrient().flatten().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
      return { ...file, width: info.width, height: info.height, pixels: data }
    } catch (error) {
      gauges.decoding.add(-bytes)
      return refuse('its pixels cannot be read', error)
    }
  }
}

/** What libvips says itself is, now and then, no more than "Unknown error". */
function refuse(what: string, error: unknown): never {
  throw new PhotoError(`${what}: ${(error as Error).message.split('\n')[0]}`, { cause: error })
}

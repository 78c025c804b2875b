import sharp, { type Sharp } from 'sharp'
import type { DecodedPhoto } from './decode'
import type { Gauges } from './memory'

/** A size a photo is wanted in. */
export interface Size {
  readonly name: string
  /** Pixels of the longer edge; a smaller photo is not blown up. */
  readonly edge: number
}

export const FORMATS = ['webp', 'avif'] as const
export type Format = (typeof FORMATS)[number]

/** How photos are to come out. */
export interface RenderOptions {
  readonly sizes: readonly Size[]
  readonly formats: readonly Format[]
  /** 1 to 100, as WebP counts. */
  readonly quality: number
}

/** One file made of a photo. */
export interface Rendition {
  readonly index: number
  readonly photo: string
  readonly size: string
  readonly format: Format
  readonly width: number
  readonly height: number
  readonly bytes: Buffer
}

/** Answers what a worker does: every size with its watermark, in every format. */
export function renderer(gauges: Gauges, { sizes, formats, quality }: RenderOptions) {
  // From large to small: each is made of the one before, which is a fraction of the pixels.
  const descending = [...sizes].sort((a, b) => b.edge - a.edge)
  return async (photo: DecodedPhoto, { signal }: { readonly signal: AbortSignal }): Promise<Rendition[]> => {
    const held = photo.pixels.length
    gauges.photos.moveTo(gauges.rendering, held)
    try {
      const renditions: Rendition[] = []
      let { pixels, width, height } = photo
      for (const { name, edge } of descending) {
        const { data, info } = await raw(pixels, width, height).resize(edge, edge, { fit: 'inside', withoutEnlargement: true }).raw().toBuffer({ resolveWithObject: true })
        pixels = data
        ;({ width, height } = info)
        const marked = await raw(pixels, width, height).composite([{ input: watermark(width, height), gravity: 'southeast' }]).removeAlpha().raw().toBuffer()
        for (const format of formats) {
          signal.throwIfAborted()
          renditions.push({ index: photo.index, photo: photo.name, size: name, format, width, height, bytes: await encode(raw(marked, width, height), format, quality) })
        }
      }
      for (const { bytes } of renditions) gauges.files.add(bytes.length)
      return renditions
    } finally {
      gauges.rendering.add(-held)
    }
  }
}

function raw(pixels: Buffer, width: number, height: number): Sharp {
  return sharp(pixels, { raw: { width, height, channels: 3 } })
}

function encode(image: Sharp, format: Format, quality: number): Promise<Buffer> {
  // AVIF looks the same at two thirds of the number; its efforts above 0 cost five to fifty times as long.
  return format === 'webp' ? image.webp({ quality, effort: 2 }).toBuffer() : image.avif({ quality: Math.ceil(quality * 0.66), effort: 0 }).toBuffer()
}

/** A sluice gate over two waves: shapes only, so that no font is needed. */
export function watermark(width: number, height: number): Buffer {
  const side = Math.max(1, Math.round(Math.min(width, height) / 7))
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="0 0 100 100">
    <g fill="none" stroke-linecap="round" stroke-width="7">
      <g stroke="#000" stroke-opacity="0.3" transform="translate(1.5 2)">${MARK}</g><g stroke="#fff" stroke-opacity="0.85">${MARK}</g>
    </g></svg>`)
}

const MARK = '<path d="M20 62V18M80 62V18M12 18H88M34 34H66V50H34Z"/><path d="M10 72q10-9 20 0t20 0t20 0t20 0M10 86q10-9 20 0t20 0t20 0t20 0"/>'

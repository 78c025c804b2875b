import { rename, rm } from 'node:fs/promises'
import sharp, { type OverlayOptions } from 'sharp'
import type { Sink } from 'sluice'
import { sink } from '@sluice/core/authoring'
import type { Rendition } from './render'

/** How a contact sheet is laid out, in pixels. */
const TILE = { width: 196, height: 147, gap: 18, caption: 30 }
const HEAD = 84
const COLUMNS = 6

/** What was drawn. */
export interface ContactSheet {
  readonly path: string
  readonly tiles: number
  /** Renditions that came, the ones that are on no tile included. */
  readonly files: number
}

interface Tile { readonly index: number; readonly name: string; readonly note: string; readonly picture: Buffer }

/**
 * A PNG with a tile for each of the first photos that arrived on the server, in the order of the input.
 *
 * Takes the renditions that were uploaded; of each of the first `tiles` photos it keeps a picture of the size of a tile,
 * so what it holds does not grow with the input. The file appears when it is complete.
 *
 * @param of which rendition makes the tile.
 */
export function contactSheet(path: string, tiles: number, of: (rendition: Rendition) => boolean): Sink<Rendition, ContactSheet> {
  return sink<Rendition, ContactSheet>('contact sheet', () => {
    const kept: Tile[] = []
    let files = 0
    let drawing: Promise<unknown> | undefined
    let aborted = false
    const part = `${path}.part`
    return {
      async write(renditions, count) {
        for (const rendition of renditions.slice(0, count)) {
          files++
          if (rendition.index < tiles && of(rendition)) kept.push(await tileOf(rendition))
        }
      },
      async end() {
        kept.sort((a, b) => a.index - b.index)
        await (drawing = draw(kept, files).png({ palette: true, colours: 256, effort: 9, dither: 1 }).toFile(part))
        if (!aborted) await rename(part, path)
        return { path, tiles: kept.length, files }
      },
      async abort() {
        aborted = true
        // It would write on after the file is gone.
        await drawing?.catch(() => {})
        await rm(part, { force: true })
      },
    }
  })
}

async function tileOf({ index, photo, bytes, width, height, size, format }: Rendition): Promise<Tile> {
  const { width: w, height: h } = TILE
  const corners = Buffer.from(`<svg width="${w}" height="${h}"><rect width="${w}" height="${h}" rx="7"/></svg>`)
  const picture = await sharp(bytes).resize(w, h, { fit: 'cover' }).ensureAlpha().composite([{ input: corners, blend: 'dest-in' }]).png().toBuffer()
  return { index, name: photo, note: `${size}.${format} ${width} × ${height}, ${(bytes.length / 1024).toFixed(1)} KiB`, picture }
}

function draw(tiles: readonly Tile[], files: number) {
  const [across, down] = [TILE.width + TILE.gap, TILE.height + TILE.caption + TILE.gap]
  const width = COLUMNS * across + TILE.gap
  const height = HEAD + Math.max(1, Math.ceil(tiles.length / COLUMNS)) * down
  const overlays: OverlayOptions[] = tiles.map(({ picture }, i) => ({ input: picture, ...place(i) }))
  const captions = tiles.map(({ name, note }, i) => {
    const { left, top } = place(i)
    const below = top + TILE.height
    return `<text x="${left + 2}" y="${below + 15}" font-size="12" fill="#e8e6e1">${escaped(name, 26)}</text>
      <text x="${left + 2}" y="${below + 29}" font-size="10" fill="#8f8b84">${escaped(note, 40)}</text>`
  })
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans, Liberation Sans, sans-serif">
    <text x="${TILE.gap}" y="42" font-size="24" font-weight="bold" fill="#f4f1ea">Contact sheet</text>
    <text x="${TILE.gap}" y="63" font-size="13" fill="#8f8b84">${tiles.length} photos shown, ${files} files on the server</text>
    <rect x="${TILE.gap}" y="73" width="${width - 2 * TILE.gap}" height="1" fill="#3b3833"/>${captions.join('')}</svg>`
  return sharp({ create: { width, height, channels: 3, background: '#191817' } }).composite([...overlays, { input: Buffer.from(text) }])

  function place(i: number): { left: number; top: number } {
    return { left: TILE.gap + (i % COLUMNS) * across, top: HEAD + Math.floor(i / COLUMNS) * down }
  }
}

function escaped(text: string, length: number): string {
  const short = text.length > length ? `${text.slice(0, length - 1)}…` : text
  return short.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

import { STATES } from '../states'

/** The colours of the page, as canvases need them. */
export interface Palette {
  readonly states: readonly (string | CanvasPattern)[]
  readonly fill: string
  readonly full: string
  readonly track: string
  readonly line: string
}

const TILE = 8

/** Reads the colours of the page, and makes the pattern of each state. */
export function readPalette(context: CanvasRenderingContext2D): Palette {
  const style = getComputedStyle(document.documentElement)
  const color = (name: string): string => style.getPropertyValue(name).trim()
  const states = STATES.map(({ letter }) => {
    const base = color(`--state-${letter}`)
    const tile = document.createElement('canvas')
    tile.width = tile.height = TILE
    const pen = tile.getContext('2d')
    if (pen === null) return base
    drawTile(pen, letter, base, color('--card'))
    return context.createPattern(tile, 'repeat') ?? base
  })
  return { states, fill: color('--water'), full: color('--state-B'), track: color('--track'), line: color('--line-strong') }
}

/** A pattern beside the colour: plain, chequered, slanted, striped, crossed, and empty. */
function drawTile(pen: CanvasRenderingContext2D, letter: string, base: string, ground: string): void {
  pen.fillStyle = base
  if (letter === 'I') pen.globalAlpha = 0.28
  pen.fillRect(0, 0, TILE, TILE)
  pen.globalAlpha = 0.42
  pen.fillStyle = pen.strokeStyle = ground
  pen.lineWidth = 1.4
  if (letter === 'C') { pen.fillRect(0, 0, 4, 4); pen.fillRect(4, 4, 4, 4) }
  if (letter === 'B') { pen.fillRect(1, 0, 1.6, TILE); pen.fillRect(5, 0, 1.6, TILE) }
  if (letter === 'L' || letter === 'K') slanted(pen, -1)
  if (letter === 'K') slanted(pen, 1)
}

function slanted(pen: CanvasRenderingContext2D, direction: 1 | -1): void {
  pen.beginPath()
  for (const shift of [-TILE, 0, TILE]) {
    pen.moveTo(shift, direction > 0 ? 0 : TILE)
    pen.lineTo(shift + TILE, direction > 0 ? TILE : 0)
  }
  pen.stroke()
}

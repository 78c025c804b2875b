import { randomOf } from './random'

/** Colours of an hour: the sky from top to horizon, the sun or moon, and the land from far to near. */
const HOURS = [
  { sky: ['#1d3b6e', '#7d6fa8', '#f6b48f', '#ffe3b0'], light: '#fff3d6', land: ['#8d7a9e', '#2b2440'] },
  { sky: ['#0b1026', '#1b2450', '#35407c', '#6b6fa8'], light: '#eef2ff', land: ['#39406e', '#0a0d1f'] },
  { sky: ['#3f8fd2', '#86bfe8', '#c9e6f5', '#f3fbff'], light: '#ffffff', land: ['#9fc0c9', '#1f4d43'] },
  { sky: ['#41295a', '#8f3f71', '#e2725b', '#ffd08a'], light: '#ffe9b8', land: ['#a1556b', '#25132b'] },
  { sky: ['#0f3443', '#1f6f78', '#66b6a0', '#e6f0c8'], light: '#fdffe8', land: ['#5d9a92', '#0c2b2e'] },
  { sky: ['#5b4b8a', '#b58dc2', '#f3c6d3', '#fff0e6'], light: '#fffaf2', land: ['#b79ab8', '#3c2f52'] },
] as const

const LANDS = [mountains, sea, city, dunes] as const
type Random = () => number
interface Frame { readonly width: number; readonly height: number; readonly random: Random; readonly hour: (typeof HOURS)[number] }

/** Landscape number `index` as an SVG: a sky, a sun or moon, and mountains, a sea, a city or dunes before it. */
export function landscape(index: number, width: number, height: number): string {
  const random = randomOf(index)
  // Neighbours differ in both, and it takes 24 photos until a kind of land has the same hour again.
  const hour = HOURS[(Math.floor(index / LANDS.length) + (index % LANDS.length) * 2 + Number(index % LANDS.length === 3)) % HOURS.length] as (typeof HOURS)[number]
  const frame = { width, height, random, hour }
  const land = LANDS[index % LANDS.length] as (typeof LANDS)[number]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${sky(frame)}${land(frame)}</svg>`
}

function sky({ width, height, random, hour }: Frame): string {
  const [x, y, r] = [width * (0.2 + 0.6 * random()), height * (0.18 + 0.25 * random()), height * (0.04 + 0.05 * random())]
  const stops = hour.sky.map((colour, i) => `<stop offset="${i * 0.25}" stop-color="${colour}"/>`).join('')
  const stars = hour === HOURS[1] || hour === HOURS[3]
    ? many(260, () => dot(width * random(), height * 0.55 * random(), height * (0.0006 + 0.0015 * random() ** 3), '#fff', 0.3 + 0.7 * random())) : ''
  const clouds = many(9, () => {
    const [cx, cy, w] = [width * random(), height * (0.12 + 0.35 * random()), width * (0.08 + 0.16 * random())]
    return `<ellipse cx="${cx}" cy="${cy}" rx="${w}" ry="${w * 0.06}" fill="#fff" fill-opacity="${0.04 + 0.1 * random()}"/>`
  })
  return `<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">${stops}</linearGradient>
    <radialGradient id="halo"><stop offset="0" stop-color="${hour.light}" stop-opacity="0.75"/><stop offset="1" stop-color="${hour.light}" stop-opacity="0"/></radialGradient></defs>
    <rect width="${width}" height="${height}" fill="url(#sky)"/>${stars}${clouds}
    <circle cx="${x}" cy="${y}" r="${r * 4.5}" fill="url(#halo)"/>${dot(x, y, r, hour.light, 1)}`
}

function mountains(frame: Frame): string {
  return layers(6, (depth) => ridge(frame, 0.42 + 0.1 * depth * 5.2, 0.2 - 0.14 * depth, 0.55, depth))
}

function dunes(frame: Frame): string {
  return layers(5, (depth) => ridge(frame, 0.52 + 0.42 * depth, 0.12, 0.28, depth))
}

function sea({ width, height, random, hour }: Frame): string {
  const horizon = height * 0.6
  const waves = many(150, () => {
    const depth = random() ** 2
    const [y, w] = [horizon + depth * (height - horizon), width * (0.01 + 0.09 * depth)]
    return `<rect x="${width * random() - w}" y="${y}" width="${w * 2}" height="${height * (0.0008 + 0.004 * depth)}" rx="${height * 0.002}" fill="${hour.light}" fill-opacity="${0.08 + 0.3 * random()}"/>`
  })
  const islands = layers(2, (depth) => ridge({ width, height, random, hour }, 0.57 + 0.02 * depth, 0.08, 0.6, depth * 0.5, 0.6))
  return `${islands}<rect y="${horizon}" width="${width}" height="${height - horizon}" fill="${mix(hour.land[0], hour.land[1], 0.45)}"/>${waves}`
}

function city({ width, height, random, hour }: Frame): string {
  return layers(3, (depth) => many(26 - 5 * Math.round(depth * 2), (i, count) => {
    const w = (width / count) * (0.7 + 0.5 * random())
    const [x, top] = [(width / count) * i, height * (0.42 + 0.28 * depth + 0.22 * random())]
    const lights = many(Math.round(14 * depth), () =>
      `<rect x="${x + w * (0.1 + 0.75 * random())}" y="${top + height * (0.02 + 0.4 * random())}" width="${w * 0.08}" height="${height * 0.008}" fill="#ffe6a3" fill-opacity="${0.4 + 0.6 * random()}"/>`)
    return `<rect x="${x}" y="${top}" width="${w}" height="${height}" fill="${mix(hour.land[0], hour.land[1], depth)}"/>${lights}`
  }) + `<rect y="${height * 0.97}" width="${width}" height="${height}" fill="${hour.land[1]}"/>`)
}

/** A line of hills by midpoint displacement: `rough` is what is left of the swing at half the distance. */
function ridge({ width, height, random, hour }: Frame, level: number, swing: number, rough: number, depth: number, until = 1): string {
  let heights = [random(), random(), random(), random()]
  for (let part = rough; part > 0.01; part *= rough) {
    heights = heights.flatMap((at, i) => (i + 1 < heights.length ? [at, (at + (heights[i + 1] as number)) / 2 + (random() - 0.5) * part] : [at]))
  }
  const points = heights.map((at, i) => `${((i / (heights.length - 1)) * width).toFixed(1)},${(height * (level - swing * (at - 0.5))).toFixed(1)}`).join(' ')
  return `<polygon points="0,${height * until} ${points} ${width},${height * until}" fill="${mix(hour.land[0], hour.land[1], depth)}"/>`
}

/** From far (0) to near (1). */
function layers(count: number, draw: (depth: number) => string): string {
  return many(count, (i) => draw(i / (count - 1)))
}

function many(count: number, draw: (index: number, count: number) => string): string {
  return Array.from({ length: count }, (_, index) => draw(index, count)).join('')
}

function dot(x: number, y: number, r: number, fill: string, opacity: number): string {
  return `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}" fill-opacity="${opacity}"/>`
}

function mix(from: string, to: string, part: number): string {
  const channel = (at: number): number => {
    const [a, b] = [Number.parseInt(from.slice(at, at + 2), 16), Number.parseInt(to.slice(at, at + 2), 16)]
    return Math.round(a + (b - a) * part)
  }
  return `rgb(${channel(1)},${channel(3)},${channel(5)})`
}

import type { StageGraph, StageNode } from '@sluice/core'
import { declare, number, text } from '@sluice/core/authoring'
import { GLYPHS } from '../../page/graph/glyphs'
import type { FramePlace, PlannedFrame } from '../../page/graph/frames'
import { BOX, Layouts, type Place } from '../../page/graph/layout'
import { lineOf } from '../../page/graph/paths'
import { clip } from '../terminal/text/cells'
import { nested, type Nest } from './group-tree'
import { factsOf, graphText, groupText, jointsOf, lastOf, nameText, numbersOf, type Joint } from './labels'
import { SVG_STYLE } from './svg-style'
import { element, xmlText } from './xml'

/** Options of {@link toSvg}. */
export interface SvgOptions {
  /** What the picture is called. Default: the name of the run, or `'Pipeline'`. */
  readonly title?: string | undefined
  /** How many times as wide as high it may be, 0.1 to 100: a long pipeline is broken into rows. Default 2.5. */
  readonly aspect?: number | undefined
}

const TO_SVG = /* @__PURE__ */ declare('toSvg', () => ({ options: { title: text, aspect: number(0.1, 100).or(2.5) } }))

const MARGIN = 28
/** How high the view is that the layout is made for, in px: the boxes of a picture of about this size are read without a zoom. */
const VIEW_HEIGHT = 480

/**
 * A graph as a picture: SVG that stands for itself, light or dark as the reader's system is, without a script. Groups are framed, what is
 * unknown is dashed, and an edge tells what may wait there.
 *
 * @param graph what `graphOf` answered, of a pipeline or a run.
 * @param options see {@link SvgOptions}.
 * @returns an XML element, which may be written to a file or put into a page. Names of the program are text in it, whatever is in them.
 * @throws OptionError for an option that is not allowed, or unknown.
 *
 * @example
 * ```ts
 * import { writeFileSync } from 'node:fs'
 * import { drain, from, graphOf, mapAsync } from 'sluice'
 * import { toSvg } from '@sluice/inspector'
 *
 * const pipeline = from([1]).pipe(mapAsync(async (n) => n, { concurrency: 8 })).to(drain())
 * writeFileSync('pipeline.svg', toSvg(graphOf(pipeline), { title: 'Orders' }))
 * ```
 */
export function toSvg(graph: StageGraph, options?: SvgOptions): string {
  const { title, aspect } = TO_SVG.read(options)
  const numbers = numbersOf(graph)
  const lasts = lastOf(graph)
  const joints = jointsOf(graph, numbers)
  const { frames, texts } = framesOf(nested(graph).nests, numbers)
  const plan = { boxes: [...numbers.values()].map((id) => ({ id, hasQueue: false })), edges: joints, frames }
  const { width, height, places, frames: framed } = new Layouts(plan).best(VIEW_HEIGHT * aspect, VIEW_HEIGHT)
  const [wide, high] = [Math.max(BOX.width, width) + 2 * MARGIN, Math.max(BOX.height, height) + 2 * MARGIN]
  const at = (id: string): Place => places.get(id) ?? { x: 0, y: 0, row: 0, top: 0 }
  return `${element('svg', { xmlns: 'http://www.w3.org/2000/svg', class: 'sluice-graph', role: 'img', viewBox: `0 0 ${Math.ceil(wide)} ${Math.ceil(high)}`, width: Math.ceil(wide), height: Math.ceil(high) },
    element('title', {}, xmlText(nameText(title ?? graph.name ?? 'Pipeline'))), element('desc', {}, xmlText(graphText(graph))), element('style', {}, SVG_STYLE),
    element('rect', { class: 'ground', width: Math.ceil(wide), height: Math.ceil(high) }),
    element('g', { transform: `translate(${MARGIN} ${MARGIN})` },
      ...framed.map((place) => frameXml(place, texts.get(place.id))),
      ...joints.map((joint) => edgeXml(joint, at(joint.from), at(joint.to))),
      ...graph.nodes.map((node) => boxXml(node, lasts.has(node.id), at(numbers.get(node.id) ?? '')))))}\n`
}

interface FrameText {
  readonly kind: string
  readonly text: string
}

/** Outer frames first. */
function framesOf(nests: readonly Nest[], numbers: ReadonlyMap<string, string>): { frames: PlannedFrame[]; texts: Map<string, FrameText> } {
  const frames: PlannedFrame[] = []
  const texts = new Map<string, FrameText>()
  const add = ({ group, nodes, nests: inner }: Nest, parent: string | undefined): void => {
    const id = `g${frames.length}`
    texts.set(id, { kind: group.kind.replace(' ', '-'), text: groupText(group) })
    frames.push({ id, parent, boxes: nodes.map((node) => numbers.get(node.id) ?? '') })
    for (const nest of inner) add(nest, id)
  }
  for (const nest of nests) add(nest, undefined)
  return { frames, texts }
}

function frameXml({ x, y, width, height }: FramePlace, { kind, text: label }: FrameText = { kind: '', text: '' }): string {
  return element('g', {},
    element('title', {}, xmlText(label)),
    element('rect', { class: `group ${kind}`, x, y, width, height, rx: 12 }),
    element('text', { class: 'quiet', x: x + 12, y: y + 16 }, xmlText(clip(label, Math.floor((width - 24) / 6.5)))))
}

function edgeXml({ text: label }: Joint, from: Place, to: Place): string {
  const { path, x, y } = lineOf(from, false, to)
  const lines = label === '' ? [] : label.split(', ').map((part, row) => element('text', { class: 'joint', x, y: row === 0 ? y - 7 : y + 4 + 13 * row, 'text-anchor': 'middle' }, xmlText(clip(part, 14))))
  return element('g', {}, element('path', { class: 'edge', d: path }), element('path', { class: 'tip', d: `M${to.x} ${to.y + BOX.height / 2}l-9 -5v10z` }), ...lines)
}

function boxXml(node: StageNode, isLast: boolean, { x, y }: Place): string {
  const facts = factsOf(node, isLast)
  return element('g', { class: `${node.kind}${node.isKnown ? '' : ' unknown'}`, transform: `translate(${Math.round(x)} ${Math.round(y)})` },
    element('title', {}, xmlText([nameText(node.name), ...facts].join(', '))),
    element('rect', { class: 'box', width: BOX.width, height: BOX.height, rx: 10 }),
    element('path', { class: 'glyph', d: GLYPHS[node.kind], transform: 'translate(11 12)' }),
    element('text', { class: 'name', x: 33, y: 25 }, xmlText(clip(nameText(node.name), 22))),
    ...facts.map((fact, row) => element('text', { class: 'quiet', x: 14, y: 46 + 16 * row }, xmlText(clip(fact, 32)))))
}

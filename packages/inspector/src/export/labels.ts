import type { StageGraph, StageGroup, StageNode } from '@sluice/core'
import { printable } from '../terminal/text/printable'

const MOST = 80

/** A name of the program as one line of text that can be written as UTF-8 and as XML. */
export function nameText(name: string): string {
  const text = printable(name, MOST).replace(/[\p{Cs}\uFFFE\uFFFF]/gu, '\uFFFD')
  return text === '' ? '(no name)' : text
}

/** What a stage does at once, as lines below its name. */
export function factsOf({ name, madeBy, isKnown, concurrency, threads, perItem, queue }: StageNode, isLast: boolean): string[] {
  const isTemplate = perItem !== null && !isKnown
  const calls = concurrency === null || concurrency === threads ? [] : [`${concurrency} at once`]
  return [
    ...(madeBy === null || madeBy === name ? [] : [nameText(madeBy)]),
    ...(isTemplate ? [templateText(perItem)] : isKnown ? [] : ['unknown']),
    [...calls, ...(threads === null ? [] : [threads === 1 ? '1 thread' : `${threads} threads`])].join(', '),
    // A stage that feeds none has no edge that could tell.
    isLast && queueText(queue) !== '' ? `holds ${queueText(queue)}` : '',
  ].filter((line) => line !== '')
}

function templateText({ open, most }: NonNullable<StageNode['perItem']>): string {
  if (open === null) return most === null ? '' : `up to ${most} at once`
  return most === null ? `${open} open` : `${open} of ${most} open`
}

/** What waits behind a stage: `'up to 16'` before it runs, `'3/16'` in a run. Empty where nothing waits. */
export function queueText(queue: StageNode['queue']): string {
  // A joint that hands over from hand to hand has room for none.
  if (queue === null || queue.capacity === 0) return ''
  const { size, capacity, overflow } = queue
  const held = capacity === null ? [...(size === null ? [] : [size]), 'no bound'].join(', ') : size === null ? `up to ${capacity}` : `${size}/${capacity}`
  return overflow === null || overflow === 'wait' ? held : `${held}, ${nameText(overflow)}`
}

/** What a group is. */
export function groupText({ kind, label }: StageGroup): string {
  return kind === 'fused' ? 'in one loop' : kind === 'branch' ? `branch ${nameText(label)}` : nameText(label)
}

/** What is drawn, in a sentence. */
export function graphText({ of, name, nodes, edges }: StageGraph): string {
  return `A ${of}${name === null ? '' : ` named ${nameText(name)}`} of ${counted(nodes.length, 'stage')} and ${counted(edges.length, 'edge')}.`
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

/** A short id for each stage: what a program calls its stages is text, and never a part of the drawing's own language. */
export function numbersOf({ nodes }: StageGraph): ReadonlyMap<string, string> {
  return new Map(nodes.map(({ id }, at) => [id, `s${at}`]))
}

/** An edge between numbered stages, and what waits on it. */
export interface Joint {
  readonly from: string
  readonly to: string
  readonly text: string
}

/** The edges between stages that are there. */
export function jointsOf({ nodes, edges }: StageGraph, numbers: ReadonlyMap<string, string>): Joint[] {
  const queues = new Map(nodes.map(({ id, queue }) => [id, queueText(queue)]))
  return edges.flatMap(({ from, to }) => {
    const [source, target] = [numbers.get(from), numbers.get(to)]
    return source === undefined || target === undefined ? [] : [{ from: source, to: target, text: queues.get(from) ?? '' }]
  })
}

/** The stages that feed none. */
export function lastOf({ nodes, edges }: StageGraph): ReadonlySet<string> {
  const feeding = new Set(edges.map(({ from }) => from))
  return new Set(nodes.map(({ id }) => id).filter((id) => !feeding.has(id)))
}

import { describe, expect, it } from 'vitest'
import { broadcast, buffer, filter, map, mapAsync, mergeMap } from '@sluice/operators'
import { drain, graphOf, OptionError, range, type Source, type StageGraph } from '@sluice/core'
import { operator } from '@sluice/core/authoring'
import { textsIn } from '../../test/read-xml'
import { toDot, toMermaid, toSvg } from '../index'

const plain = (name = 'mine') => operator<number, number>(name, (upstream) => ({ pull: (into, limit) => upstream.pull(into, limit) }))
const pipeline = range(0).pipe(
  map((n) => n), filter(() => true), mapAsync(async (n: number) => n, { concurrency: 8 }), mergeMap((n) => [n], { concurrency: 3 }),
  plain(), buffer(16, { overflow: 'drop-oldest' }), broadcast([(s: Source<number>) => s.pipe(map((n) => n)), (s: Source<number>) => s.to(drain())]),
).to(drain())
const graph = graphOf(pipeline)

const HOSTILE = [
  '<script>alert(1)</script>', '"]; end; click s0 "javascript:alert(1)"', "it's\na\r\nline", '\\', '\\"', ']]>', '-->', '&lt;', '#35;', '%%{init: {}}%%', 'end',
  '`**bold**`', '1. one', '\u0000\u0008\u001b[31m', '\u202eright to left', '\ud800', '\uffff', '', '}', 'subgraph x', '\\N', '{{}}', '<!-- x', '|', 'é 漢 😀', '__proto__',
]
/** The graph of one stage between two others, in a group of this label, with this overflow. */
const named = (name: string): StageGraph => {
  const base = graphOf(range(0).pipe(plain()).to(drain()))
  const nodes = base.nodes.map((node) => (node.id === 'mine' ? { ...node, name, madeBy: `${name}!`, queue: { size: 1, capacity: 2, overflow: name } } : node))
  return { ...base, name, nodes, groups: [{ id: name, kind: 'branch', label: name, nodes: ['mine'] }] }
}

describe('toMermaid', () => {
  it('draws stages, groups, what may wait, and what is unknown', () => {
    expect(toMermaid(graph)).toBe(`flowchart LR
  s0(["range"])
  s3["mapAsync<br/>8 at once"]
  s5["mergeMap<br/>3 at once"]
  s6["mine<br/>unknown"]
  s7["buffer"]
  s8["broadcast"]
  s13["broadcast.out<br/>branches"]
  s14[["drain"]]
  subgraph g0["branch broadcast#91;0#93;"]
    s9["broadcast#91;0#93;<br/>branch"]
    s10["map"]
  end
  subgraph g1["branch broadcast#91;1#93;"]
    s11["broadcast#91;1#93;<br/>branch"]
    s12[["drain"]]
  end
  subgraph g2["in one loop"]
    s1["map"]
    s2["filter"]
  end
  subgraph g3["mergeMap: per item"]
    s4(["per item<br/>up to 3 at once"])
  end
  s0 --> s1
  s1 --> s2
  s2 --> s3
  s3 -->|"up to 16"| s5
  s5 -->|"up to 3"| s6
  s6 --> s7
  s7 -->|"up to 16, drop-oldest"| s8
  s8 --> s9
  s9 --> s10
  s8 --> s11
  s11 --> s12
  s10 --> s13
  s13 --> s14
  s4 --> s5
  classDef unknown stroke-dasharray:5 4
  class s4,s6 unknown
`)
  })

  it('a name is text, whatever is in it: no line but those of the drawing, and in quotes no letter that means something', () => {
    const shapes = toMermaid(named('x')).split('\n').map((line) => line.replaceAll(/"[^"]*"/g, '""'))
    for (const name of HOSTILE) {
      const text = toMermaid(named(name))
      expect(text.split('\n').map((line) => line.replaceAll(/"[^"]*"/g, '""'))).toEqual(shapes)
      for (const [, label = ''] of text.matchAll(/"([^"]*)"/g)) expect(label.replaceAll('<br/>', '').replaceAll(/#\d+;/g, '')).toMatch(/^[\p{L}\p{N} ,›×…:._/-]*$/u)
    }
  })
})

describe('toDot', () => {
  it('draws stages, groups, what may wait, and what is unknown', () => {
    const dot = toDot(graph, { direction: 'down' })
    expect(dot).toMatch(/^digraph pipeline \{\n {2}rankdir=TB\n[^]*\n\}\n$/)
    expect(dot).toContain(String.raw`  s3 [label="mapAsync\n8 at once", shape=box]`)
    expect(dot).toContain(String.raw`  s6 [label="mine\nunknown", shape=box, style=dashed]`)
    expect(dot).toContain('  subgraph cluster_2 {\n    label="in one loop"; fontname="sans-serif"; fontsize=10; style=rounded\n    s1 [label="map", shape=box]\n    s2 [label="filter", shape=box]\n  }\n')
    expect(dot).toContain('  s7 -> s8 [label="up to 16, drop-oldest"]\n')
    expect(dot.match(/ -> /g)).toHaveLength(graph.edges.length)
    expect(dot.match(/, shape=/g)).toHaveLength(graph.nodes.length)
  })

  it('a name is text, whatever is in it: no line but those of the drawing, and no quote that ends early', () => {
    const strings = /"(?:[^"\\]|\\.)*"/g
    const shapes = toDot(named('x')).replaceAll(strings, '""')
    for (const name of HOSTILE) {
      const text = toDot(named(name))
      expect(text.replaceAll(strings, '""')).toBe(shapes)
      for (const [string] of text.matchAll(strings)) expect(string.replaceAll(/\\[\\"n]|&amp;/g, '')).toMatch(/^"[^\\&\p{Cc}]*"$/u)
    }
  })
})

describe('toSvg', () => {
  it('is well-formed XML with each stage, edge and group, told to screen readers, for light and dark, and without a script', () => {
    const svg = toSvg(graph, { title: 'Orders & more' })
    const texts = textsIn(svg)
    expect(texts.get('title')?.[0]).toBe('Orders & more')
    expect(texts.get('desc')).toEqual([`A pipeline of ${graph.nodes.length} stages and ${graph.edges.length} edges.`])
    for (const { name } of graph.nodes) expect(texts.get('text')).toContain(name)
    expect(svg.match(/class="box"/g)).toHaveLength(graph.nodes.length)
    expect(svg.match(/class="edge"/g)).toHaveLength(graph.edges.length)
    expect(svg.match(/class="tip"/g)).toHaveLength(graph.edges.length)
    expect(new Set([...svg.matchAll(/class="group ([a-z-]+)"/g)].map(([, kind]) => kind))).toEqual(new Set(['fused', 'branch', 'per-item']))
    expect(svg.match(/ unknown"/g)).toHaveLength(graph.nodes.filter(({ isKnown }) => !isKnown).length)
    expect(texts.get('style')?.[0]).toContain('prefers-color-scheme:dark')
    expect(svg).not.toMatch(/<script|\son\w+=|href/)
  })

  it('no stage covers another one, and each stands in its frame and in the picture', () => {
    const svg = toSvg(graph, { aspect: 1 })
    const [, width = '', height = ''] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []
    const places = [...svg.matchAll(/<g class="(?:source|operator|sink)[^"]*" transform="translate\((-?\d+) (-?\d+)\)"/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }))
    expect(places).toHaveLength(graph.nodes.length)
    for (const [at, { x, y }] of places.entries()) {
      expect([x >= 0, y >= 0, x + 228 <= Number(width) - 28, y + 96 <= Number(height) - 28]).toEqual([true, true, true, true])
      for (const other of places.slice(at + 1)) expect(Math.abs(other.x - x) >= 228 || Math.abs(other.y - y) >= 96).toBe(true)
    }
  })

  it('a name is text, whatever is in it: the same elements, and well-formed', () => {
    const elements = (svg: string): string[] => [...svg.matchAll(/<\/?[\w-]+/g)].map(([tag]) => tag)
    const shapes = elements(toSvg(named('x')))
    for (const name of HOSTILE) {
      const svg = toSvg(named(name), { title: name })
      expect(elements(svg)).toEqual(shapes)
      expect(textsIn(svg).get('title')?.[0]).not.toMatch(/[\p{Cc}\u202e]/u)
      expect(svg).not.toMatch(/\p{Cs}/u)
    }
  })

  it('draws a pipeline of two hundred stages in rows', () => {
    const long = graphOf(range(0).pipe(...(Array.from({ length: 200 }, () => plain()) as [ReturnType<typeof plain>])).to(drain()))
    expect(textsIn(toSvg(long)).get('text')?.filter((text) => text === 'mine')).toHaveLength(200)
  })
})

it('groups that hold one another are drawn in one another, and those that cross are drawn, too', () => {
  const base = graphOf(range(0).pipe(plain('a'), plain('b'), plain('c')).to(drain()))
  const groups = [{ id: '1', kind: 'fused', label: '', nodes: ['a', 'b'] }, { id: '2', kind: 'branch', label: 'outer', nodes: ['a', 'b', 'drain'] }, { id: '3', kind: 'branch', label: 'crossing', nodes: ['b', 'c'] }] as const
  const outline = toMermaid({ ...base, groups }).split('\n').slice(1, 12).map((line) => /^ *(?:subgraph g\d|s\d|end)/.exec(line)?.[0])
  expect(outline).toEqual(['  s0', '  subgraph g0', '    s4', '    subgraph g1', '      s1', '      s2', '    end', '  end', '  subgraph g2', '    s3', '  end'])
  expect(textsIn(toSvg({ ...base, groups })).get('text')).toEqual(expect.arrayContaining(['a', 'b', 'c', 'branch outer', 'branch crossing', 'in one loop']))
})

it('draws a run with what waits in it at this moment', async () => {
  const run = range(0).pipe(mapAsync(async (n: number) => n, { concurrency: 2 }), buffer(16)).to(drain()).run({ name: 'orders' })
  const now = graphOf(run)
  expect(toMermaid(now)).toMatch(/-->\|"0\/16"\|/)
  expect(textsIn(toSvg(now)).get('title')?.[0]).toBe('orders')
  await run.abort().catch(() => {})
  run.catch(() => {})
})

it('options that nobody takes are refused by name', () => {
  expect(() => toMermaid(graph, { direction: 'up' as 'down' })).toThrow(OptionError)
  expect(() => toDot(graph, { dir: 'down' } as never)).toThrow('toDot: unknown option "dir"')
  expect(() => toSvg(graph, { aspect: 0 })).toThrow('toSvg: aspect')
})

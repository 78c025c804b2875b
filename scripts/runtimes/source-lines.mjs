// Places in a bundle, as stacks name them, told as places in the sources.
import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { join, relative, resolve } from 'node:path'
import { root } from '../pnpm.mjs'

export function sourceLines(folder) {
  const maps = new Map()
  const mapOf = (name) => {
    if (!maps.has(name)) maps.set(name, new SourceMap(JSON.parse(readFileSync(join(folder, `${name}.map`), 'utf8'))))
    return maps.get(name)
  }
  const place = (whole, name, line, column) => {
    const { originalSource, originalLine, originalColumn } = mapOf(name).findEntry(line - 1, column - 1)
    return originalSource === undefined ? whole : `${relative(root, resolve(folder, originalSource))}:${originalLine + 1}:${originalColumn + 1}`
  }
  return (text) => text
    .replace(/[^\s()]*[\\/]((?:test-\d+|chunk-\w+|run)\.js):(\d+):(\d+)/g, place)
    .split('\n').filter((line) => !/^\s+at .*(node_modules|native:|<anonymous>\)?$)/.test(line)).join('\n')
}

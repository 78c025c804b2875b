// Places in a bundle, as stacks name them, told as places in the sources.
import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { basename, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
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
  // Deno has read the maps by itself: there only the sources have names.
  const inBundle = new RegExp(String.raw`[^\s()]*${basename(folder)}[\\/]([\w-]+\.js):(\d+):(\d+)`, 'g')
  return (text) => text
    .replace(inBundle, place)
    .replace(/file:\/\/[^\s()]+(?=:\d+:\d+)/g, (url) => relative(root, fileURLToPath(url)))
    .split('\n').filter((line) => !/^\s+at .*(node_modules|native:|<anonymous>\)?$)/.test(line)).join('\n')
}

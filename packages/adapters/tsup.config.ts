import { existsSync, readdirSync } from 'node:fs'
import { defineConfig } from 'tsup'
import { base } from '../../tsup.base'

/** The folders of `src` that are an outside world each; others hold what these share. */
const worlds = readdirSync('src').filter((folder) => existsSync(`src/${folder}/index.ts`))

export default defineConfig({
  ...base,
  // One entry per outside world, at the path of its subpath export.
  entry: Object.fromEntries(worlds.map((world) => [`${world}/index`, `src/${world}/index.ts`])),
})

import { defineConfig } from 'tsup'
import { base } from '../../tsup.base'

export default defineConfig({
  ...base,
  // What the command line starts, and what it loads into the program that it starts.
  entry: ['src/index.ts', 'src/look/look.ts', 'src/look/show-top.ts'],
  format: ['esm'],
  platform: 'node',
})

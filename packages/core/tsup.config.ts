import { copyFile } from 'node:fs/promises'
import { defineConfig } from 'tsup'
import { base } from '../../tsup.base'

export default defineConfig({
  ...base,
  // Two doors of one house: what both need is one chunk, in CommonJS too, or each door would have classes of its own.
  entry: { index: 'src/index.ts', authoring: 'src/authoring.ts' },
  splitting: true,
  onSuccess: () => copyFile('../../docs/stats.schema.json', 'dist/stats.schema.json'),
})

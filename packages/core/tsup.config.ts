import { copyFile } from 'node:fs/promises'
import { defineConfig } from 'tsup'
import { base } from '../../tsup.base'

export default defineConfig({
  ...base,
  // Three doors of one house: what they share is one chunk, in CommonJS too, or each door would have classes of its own.
  entry: { index: 'src/index.ts', authoring: 'src/authoring.ts', durable: 'src/durable/index.ts' },
  splitting: true,
  onSuccess: () => copyFile('../../docs/stats.schema.json', 'dist/stats.schema.json'),
})

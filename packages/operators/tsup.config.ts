import { defineConfig } from 'tsup'
import { base } from '../../tsup.base'

export default defineConfig({
  ...base,
  entry: { index: 'src/index.ts', 'laws/index': 'src/laws/index.ts' },
  // A chunk that both entries share is taken whole by bundlers: `map` alone was 180 KB. So the laws have a copy of their own.
  splitting: false,
})

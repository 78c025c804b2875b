import { defineConfig } from 'tsup'
import { base } from '../../tsup.base'

export default defineConfig({
  ...base,
  // One entry per outside world, at the path of its subpath export.
  entry: { 'files/index': 'src/files/index.ts' },
})

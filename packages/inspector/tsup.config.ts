import { defineConfig } from 'tsup'
import { base } from '../../tsup.base'

export default defineConfig({
  ...base,
  entry: ['src/index.ts', 'src/register.ts'],
  platform: 'node',
  // The page is built beside, by build-page.mjs: it is read when the first viewer comes.
  external: ['@sluice/inspector/page'],
})

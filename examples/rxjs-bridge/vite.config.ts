import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { alias } from '../../vitest.config'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The sources of the packages, so that nothing has to be built first.
  resolve: { alias },
  server: { host: '127.0.0.1' },
})

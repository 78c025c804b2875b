import type { Options } from 'tsup'

/** How every package is built: ESM and CJS with types, one file per entry and what entries share. */
export const base: Options = {
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  target: 'es2022',
  dts: true,
  clean: true,
  treeshake: true,
  sourcemap: true,
}

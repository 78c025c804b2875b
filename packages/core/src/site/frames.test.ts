import { describe, expect, it } from 'vitest'
import { beginningOf, placeIn } from './frames'

const stack = (...frames: string[]): string => ['Error', ...frames.map((frame) => `    at ${frame}`)].join('\n')
const from = (file: string): string => beginningOf(stack(`stackAbove (${file}:1:1)`))

const APP = '/home/me/app/src/etl.ts'
const CORE = '/home/me/app/node_modules/@sluice/core/dist/index.js'
const OPERATORS = '/home/me/app/node_modules/@sluice/operators/dist/index.js'

describe('R75: the place of a program in a stack', () => {
  it.each([
    ['as npm installs', CORE, OPERATORS, APP],
    ['as pnpm installs', '/w/node_modules/.pnpm/@sluice+core@1.0.0/node_modules/@sluice/core/dist/chunk-A.js', '/w/node_modules/.pnpm/@sluice+operators@1.0.0/node_modules/@sluice/operators/dist/index.js', '/w/packages/etl/src/etl.ts'],
    ['as Yarn installs', '/w/.yarn/cache/@sluice-core-npm-1.0.0.zip/node_modules/@sluice/core/dist/index.js', '/w/.yarn/cache/@sluice-operators-npm-1.0.0.zip/node_modules/@sluice/operators/dist/index.js', '/w/etl.ts'],
    ['as Vite serves', 'http://localhost:5173/node_modules/.vite/deps/chunk-AB12.js', 'http://localhost:5173/node_modules/.vite/deps/sluice.js', 'http://localhost:5173/src/etl.ts'],
    ['as a CDN serves', 'https://esm.sh/@sluice/core@1.0.0/es2022/core.mjs', 'https://esm.sh/@sluice/operators@1.0.0/es2022/operators.mjs', 'https://example.org/etl.js'],
    ['on Windows', 'C:\\app\\node_modules\\@sluice\\core\\dist\\index.js', 'C:\\app\\node_modules\\@sluice\\operators\\dist\\index.js', 'C:\\app\\my src\\etl.ts'],
    ['in a checkout', '/w/sluice/packages/core/src/site/site.ts', '/w/sluice/packages/operators/dist/index.js', '/w/sluice/examples/etl/main.ts'],
    ['in a test of a checkout', '/w/sluice/packages/core/src/site/site.ts', '/w/sluice/packages/operators/src/transform/map.ts', '/w/sluice/packages/operators/src/transform/map.test.ts'],
  ])('%s', (_how, core, operators, program) => {
    expect(placeIn(stack(`helper (${core}:5:1)`, `map (${operators}:9:3)`, `Object.<anonymous> (${program}:31:7)`, `main (${program}:90:1)`), from(core), 1)).toBe(`${program}:31:7`)
  })

  it.each([
    ['a file address', `file://${APP}:31:7`, `${APP}:31:7`],
    ['escaped', 'build (file:///home/me/my%20app/etl.ts:31:7)', '/home/me/my app/etl.ts:31:7'],
    ['not escaped rightly', 'build (file:///home/me/100%/etl.ts:31:7)', 'file:///home/me/100%/etl.ts:31:7'],
    ['of Windows', 'build (file:///C:/app/etl.ts:31:7)', 'C:/app/etl.ts:31:7'],
    ['after an await', `async ${APP}:31:7`, `${APP}:31:7`],
    ['of a constructor', `new Job (${APP}:31:7)`, `${APP}:31:7`],
    ['of a method with another name', `Job.run [as start] (${APP}:31:7)`, `${APP}:31:7`],
    ['in a folder with brackets', 'build (/home/me/app (1)/etl.ts:31:7)', '/home/me/app (1)/etl.ts:31:7'],
    ['of a module with a query', 'build (http://localhost/src/etl.ts?t=17:31:7)', 'http://localhost/src/etl.ts:31:7'],
  ])('as V8 writes it: %s', (_what, frame, place) => {
    expect(placeIn(stack(`map (${OPERATORS}:9:3)`, frame), from(CORE), 1)).toBe(place)
  })

  it('as Firefox and Safari write it', () => {
    const own = 'stackAbove@https://a.b/node_modules/@sluice/core/dist/index.js:1:1'
    expect(placeIn(['map@https://a.b/node_modules/@sluice/operators/dist/index.js:9:3', '@https://a.b/etl.js:31:7', ''].join('\n'), beginningOf(own), 1)).toBe('https://a.b/etl.js:31:7')
  })

  it('in a bundle, where program and library are one file, it is whoever called the function of Sluice', () => {
    const bundle = '/home/me/app/dist/app.js'
    const frames = stack(`a (${bundle}:1:900)`, `b (${bundle}:1:2000)`, `c (${bundle}:1:3000)`, 'node:internal/main:1:1')
    expect(placeIn(frames, from(bundle), 1)).toBe(`${bundle}:1:2000`)
    expect(placeIn(frames, from(bundle), 0)).toBe(`${bundle}:1:900`)
  })

  it('in a bundle of two files, too', () => {
    expect(placeIn(stack('a (/app/vendor.js:1:900)', 'b (/app/main.js:1:20)'), from('/app/vendor.js'), 1)).toBe('/app/main.js:1:20')
  })

  it('there is none where no frame is the program\'s, nor in what a program has formatted in its own way', () => {
    expect(placeIn(stack(`map (${OPERATORS}:9:3)`, 'node:internal/modules/run_main:1:1', 'eval at <anonymous> (x.js:1:1), <anonymous>:1:1', '<anonymous>'), from(CORE), 1)).toBeNull()
    for (const other of [undefined, '', 'Error: no', [{ getFileName: () => APP }]]) expect(placeIn(other, from(CORE), 1)).toBeNull()
  })
})

const core = '^packages/core/src/'
const inCore = (folders) => `${core}(${folders})`
const houses = 'held/|waiting/|queue/|topic/|limit/|pool/'
const families = 'transform|select|batch|async|combine|split|time|pace|recover|observe'
const tests = '\\.test(-d)?\\.ts$'

/** Who may import whom: DESIGN section 4, and ARCHITECTURE.md "layers". */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    // Node 20 lacks node:stream/iter: one script is run by a Node that has it.
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^(node:)?stream/iter$' } },
    { name: 'core-stands-alone', severity: 'error', from: { path: core, pathNot: '\\.test(-d)?\\.ts$' }, to: { pathNot: core } },
    { name: 'contract-is-types', severity: 'error', from: { path: inCore('contract/') }, to: { pathNot: inCore('contract/') } },
    { name: 'houses-know-no-engine', severity: 'error', from: { path: inCore(houses), pathNot: tests },
      to: { pathNot: inCore(`contract/|copies/|time/|foreign/|answered|errors|options|${houses}`) } },
    // What is held, and who waits: the ground that the other houses stand on. These stand side by side.
    { name: 'held-and-waiting-below', severity: 'error', from: { path: inCore('held/|waiting/'), pathNot: tests }, to: { path: inCore('queue/|topic/|limit/|pool/') } },
    { name: 'houses-side-by-side', severity: 'error', from: { path: '^packages/core/src/(queue|topic|limit|pool)/', pathNot: tests },
      to: { path: '^packages/core/src/(queue|topic|limit|pool)/', pathNot: '^packages/core/src/$1/' } },
    { name: 'foreign-is-a-leaf', severity: 'error', from: { path: inCore('foreign/'), pathNot: '\\.test(-d)?\\.ts$' }, to: { pathNot: inCore('foreign/') } },
    { name: 'engine-below-runs', severity: 'error', from: { path: inCore('engine/'), pathNot: '\\.test(-d)?\\.ts$' },
      to: { path: inCore('calls/|observe/|run/|kit/|source/|sink/|supervision/') } },
    { name: 'calls-between-engine-and-kit', severity: 'error', from: { path: inCore('calls/'), pathNot: '\\.test(-d)?\\.ts$' },
      to: { path: inCore('observe/|run/|kit/|source/|sink/|supervision/') } },
    { name: 'observe-reads-the-engine', severity: 'error', from: { path: inCore('observe/'), pathNot: '\\.test(-d)?\\.ts$' },
      to: { path: inCore('run/|kit/|source/|sink/') } },
    { name: 'operators-need-core-only', severity: 'error', from: { path: '^packages/operators/', pathNot: '\\.test(-d)?\\.ts$|tsup|/test/|/laws/' },
      to: { pathNot: '^packages/(operators|core)/' } },
    // What several families need stands in inputs and timing, so that each family can be read by itself.
    { name: 'families-are-leaves', severity: 'error', from: { path: `^packages/operators/src/(${families})/`, pathNot: tests },
      to: { path: `^packages/operators/src/(${families})/`, pathNot: '^packages/operators/src/$1/' } },
    { name: 'inputs-and-timing-below', severity: 'error', from: { path: '^packages/operators/src/(inputs|timing)/', pathNot: tests }, to: { path: `^packages/operators/src/(${families})/` } },
    // The entries of the law of wholes are described by types of the testing package, and nothing else of it.
    { name: 'laws-need-types-of-testing', severity: 'error', from: { path: '^packages/operators/src/laws/', pathNot: '\\.test\\.ts$' },
      to: { path: '^packages/(testing|adapters)/', dependencyTypesNot: ['type-only'] } },
    { name: 'adapters-and-operators-are-strangers', severity: 'error', from: { path: '^packages/adapters/', pathNot: '\\.test(-d)?\\.ts$|/test/' },
      to: { path: '^packages/(operators|testing)/' } },
    { name: 'the-front-door-holds-nothing', severity: 'error', from: { path: '^packages/sluice/', pathNot: '\\.test(-d)?\\.ts$|tsup|/bin/' },
      to: { pathNot: '^packages/(sluice|core|operators)/' } },
    { name: 'nothing-stands-on-the-front-door', severity: 'error', from: { path: '^packages/(core|operators|adapters|testing|inspector)/' }, to: { path: '^packages/sluice/' } },
    { name: 'testing-needs-core-only', severity: 'error', from: { path: '^packages/testing/', pathNot: '\\.test(-d)?\\.ts$' },
      to: { path: '^packages/(operators|adapters)/' } },
    { name: 'inspector-needs-core-only', severity: 'error', from: { path: '^packages/inspector/src/', pathNot: tests },
      to: { path: '^packages/(operators|adapters|testing|sluice)/' } },
    // The page runs in a browser: of the rest of the package it knows what goes over the wire.
    { name: 'cli-needs-core-and-inspector', severity: 'error', from: { path: '^packages/cli/src/', pathNot: tests }, to: { path: '^packages/(sluice|operators|adapters|testing)/' } },
    { name: 'nothing-stands-on-the-cli', severity: 'error', from: { path: '^packages/(core|operators|adapters|testing|inspector)/' }, to: { path: '^packages/cli/' } },
    { name: 'page-stands-alone', severity: 'error', from: { path: '^packages/inspector/page/' }, to: { path: '^packages/', pathNot: '^packages/inspector/(page|src/wire)/', dependencyTypesNot: ['type-only'] } },
    { name: 'nothing-imports-the-rim', severity: 'error', from: { path: '^packages/' }, to: { path: '^(examples|benchmarks|docs)/' } },
    { name: 'rxjs-in-adapters-only', severity: 'error', from: { path: '^packages/(core|operators|testing)/' }, to: { path: '(^|node_modules/)rxjs' } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|out|coverage)/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
}

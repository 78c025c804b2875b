// The law of wholes for as long as wanted, over the built packages: `npm run soak -- --pipelines 1000000 --seed 1`.
// Draws in chunks of 5,000, prints the smallest form of each violation, and exits 1 where there was one.
// `--only map,batch` draws from these operators; `--keep` goes on after a violation; `--values` leaves out the law of totals;
// `--endings completes,fails` lets them end in these ways only.
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { drain, range } from '../packages/core/dist/index.js'
import { entries } from '../packages/operators/dist/laws/index.js'
import { findViolation } from '../packages/testing/dist/index.js'

const { values } = parseArgs({
  options: {
    pipelines: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' }, chunk: { type: 'string', default: '5000' },
    endings: { type: 'string' }, only: { type: 'string' }, without: { type: 'string' }, keep: { type: 'boolean', default: false }, values: { type: 'boolean', default: false }, stages: { type: 'string', default: '8' },
  },
})
const unhandled = []
process.on('unhandledRejection', (error) => { unhandled.push(error) })

const pipelines = Number(values.pipelines)
const chunk = Math.min(pipelines, Number(values.chunk))
const only = values.only?.split(',')
const without = values.without?.split(',') ?? []
const chosen = entries.filter(({ name }) => (only ? only.includes(name) : !without.includes(name)))

// As in a process that has run for long: code is optimised and batches are large.
await range(0, 1e6).to(drain()).run()

let played = 0
let violations = 0
const told = new Set()
const startedAt = performance.now()
for (let seed = Number(values.seed); played < pipelines; seed++) {
  const found = await findViolation({ entries: chosen, fc, conservation: !values.values, endings: values.endings?.split(','), maxStages: Number(values.stages) }, chunk, seed)
  played += found?.played ?? chunk
  for (const error of unhandled.splice(0)) {
    violations++
    console.error(`seed ${seed}: an unhandled rejection:`, error)
  }
  if (found) {
    violations++
    const [title] = found.message.split(/: |, |\n/)
    // What is found again is named, not printed again.
    console.error(told.has(title) ? `again: ${title} (seed ${seed})` : `${found.message}\n`)
    told.add(title)
    if (!values.keep) break
  }
}
const seconds = (performance.now() - startedAt) / 1000
console.log(`${played} compositions of ${chosen.length} operators in ${seconds.toFixed(1)} s, ${(1000 * seconds / played).toFixed(2)} ms each: ${violations} violations`)
process.exit(violations > 0 ? 1 : 0)

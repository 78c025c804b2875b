import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { afterCollection, type Told } from './after-collection'
import type { Case, Goal } from './case'
import { cases } from './cases/all'
import { firstRuns, imports } from './first-runs'
import { inChild, measure, type Figure } from './measure'

const { values: given } = parseArgs({
  options: { quick: { type: 'boolean' }, case: { type: 'string' }, json: { type: 'string' }, check: { type: 'boolean' }, help: { type: 'boolean' } },
})
if (given.help) {
  console.log('npm run bench -- [--quick] [--case NAME] [--json FILE] [--check]\n\nSee benchmarks/README.md. Cases: ' + [...cases.map(({ name }) => name), 'after-collection', 'first-run', 'import', 'memory', 'lag', 'liveness', 'fairness', 'durable'].join(', '))
  process.exit(0)
}
const quick = given.quick === true
const report: { case: string; goal: string; value: number; met: boolean }[] = []
const wanted = (name: string): boolean => given.case === undefined || name === given.case

console.log(`Node ${process.version}, ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores. Ratios are to Sluice: above 1, Sluice is faster.`)

for (const work of cases) {
  if (!wanted(work.name)) continue
  for (const polluted of [false, true]) {
    if (polluted && !work.goals.some((goal) => goal.polluted)) continue
    const figures = measure(work, { processes: quick ? 1 : 5, rounds: quick ? 7 : 15, polluted })
    print(work, polluted, figures)
  }
}

if (wanted('after-collection')) for (const told of afterCollection(quick ? 1 : 5)) tell(told)
if (wanted('first-run')) for (const told of firstRuns(quick ? 3 : 15)) tell(told)
if (wanted('import')) tell(imports(quick ? 3 : 15))

if (wanted('memory')) {
  const size = quick ? 2_000_000 : 100_000_000
  const { growth, seconds } = inChild('memory.ts', [String(size)], ['--expose-gc']) as { growth: number; seconds: number }
  console.log(`\nmemory: ${size.toLocaleString('en')} values through map, mapAsync, batch: heap grows by ${growth.toFixed(1)} MB at most, in ${seconds.toFixed(1)} s`)
  note('memory', 'heap within 30 MB of idle', growth, growth <= 30)
}

if (wanted('lag')) {
  const size = quick ? 4_000_000 : 20_000_000
  console.log(`\nlag: a timer of 5 ms while ${size.toLocaleString('en')} values run through a synchronous chain`)
  for (const contender of ['sluice', 'rxjs']) {
    const { worst, seconds } = inChild('lag.ts', [contender, String(size)]) as { worst: number; seconds: number }
    console.log(`  ${contender.padEnd(20)} ${worst.toFixed(1).padStart(8)} ms late at worst, in ${seconds.toFixed(2)} s`)
    if (contender === 'sluice') note('lag', 'at most 20 ms late', worst, worst <= 20)
  }
}

if (wanted('liveness')) {
  console.log('\nliveness: a timer of 1 ms while a user function turns slow, and while a slow one stands beside a fast run')
  for (const [callMs, atMost] of [[0.5, 50], [2, 150]] as const) {
    for (const scenario of ['turns slow', 'beside a fast run']) {
      const { worst } = inChild('liveness.ts', [scenario, String(callMs)]) as { worst: number }
      console.log(`  ${`${scenario}, ${callMs} ms`.padEnd(28)} ${worst.toFixed(1).padStart(8)} ms late at worst`)
      note('liveness', `${scenario}, ${callMs} ms a call: at most ${atMost} ms late`, worst, worst <= atMost)
    }
  }
}

if (wanted('fairness')) {
  console.log('\nfairness: a run that waits for a promise a value beside an endless one; what each keeps of its rate alone')
  const pairs = [['microtask', 'synchronous'], ...['synchronous', 'generator', 'mapAsync', 'tapAsync', 'concatMap', 'mergeMap'].map((beside) => ['macrotask', beside])] as [string, string][]
  for (const [resolvedBy, beside] of pairs) {
    const seen = Array.from({ length: quick ? 1 : 5 }, () => inChild('fairness.ts', [resolvedBy, quick ? '300' : '1000', beside]) as { waiting: number; endless: number })
    for (const which of ['waiting', 'endless'] as const) {
      const share = median(seen.map((each) => each[which]))
      const label = which === 'waiting' ? `waiting for a ${resolvedBy} beside ${beside}` : `${beside} beside waiting for a ${resolvedBy}`
      console.log(`  ${label.padEnd(46)} ${(share * 100).toFixed(0).padStart(8)} %`)
      note('fairness', `${label}: at least a fifth`, share, share >= 0.2)
    }
  }
}

if (wanted('durable')) {
  console.log('\ndurable: a queue in SQLite, 1 KB an item: confirmed puts and acknowledged takes in batches of 512, and the whole cycle through pipelines')
  for (const survives of ['process', 'host']) {
    const seen = Array.from({ length: quick ? 1 : 5 }, () => inChild('durable.ts', [survives, quick ? '20480' : '51200']) as { puts: number; takes: number; cycle: number })
    for (const which of ['puts', 'takes', 'cycle'] as const) {
      const rate = median(seen.map((each) => each[which]))
      console.log(`  ${`${which}, survives the death of the ${survives}`.padEnd(46)} ${Math.round(rate).toLocaleString('en').padStart(8)} a second`)
      if (survives === 'process' && which !== 'cycle') note('durable', `${which}: at least 20,000 a second`, rate, rate >= 20_000)
    }
  }
}

const missed = report.filter(({ met }) => !met)
console.log(`\n${report.length - missed.length} of ${report.length} goals met.`)
for (const { case: name, goal, value } of missed) console.log(`  missed: ${name}: ${goal} (${value.toFixed(2)})`)
if (given.json !== undefined) writeFileSync(given.json, JSON.stringify(report, null, 2) + '\n')
if (given.check && missed.length > 0) process.exitCode = 1

function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[figures.length >> 1] ?? Number.NaN
}

function print(work: Case, polluted: boolean, figures: readonly Figure[]): void {
  console.log(`\n${work.name}: ${work.what}${polluted ? ', after a dozen other operators' : ''}`)
  const of = (name: string): number => figures.find(({ contender }) => contender === name)?.median ?? Number.NaN
  for (const { contender, median, min } of [...figures].sort((a, b) => a.median - b.median)) {
    console.log(`  ${contender.padEnd(20)} ${median.toFixed(1).padStart(8)} ns a value   min ${min.toFixed(1).padStart(7)}   ${(median / of('sluice')).toFixed(2).padStart(6)} ×`)
  }
  for (const goal of work.goals) if ((goal.polluted === true) === polluted) judge(work, goal, of)
}

function judge(work: Case, goal: Goal, of: (name: string) => number): void {
  const ours = goal.ours ?? 'sluice'
  const ratio = of(goal.rival) / of(ours)
  note(work.name, `${ours} against ${goal.rival}${goal.polluted ? ', polluted' : ''}: at least ${goal.atLeast.toFixed(2)} ×`, ratio, ratio >= goal.atLeast)
}

function tell({ case: name, what, ratio, goal, atLeast }: Told): void {
  console.log(`\n${name}: ${what}`)
  note(name, goal, ratio, ratio >= atLeast)
}

function note(name: string, goal: string, value: number, met: boolean): void {
  report.push({ case: name, goal, value, met })
  console.log(`  ${met ? 'met   ' : 'MISSED'} ${goal}: ${value.toFixed(2)}`)
}

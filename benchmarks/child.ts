// One contender of one case in a process of its own: prints the median time of a round, in ns per value.
import { cases } from './cases/all'
import { pollute } from './pollute'

const [caseName, contenderName, rounds, polluted] = process.argv.slice(2)
const found = cases.find(({ name }) => name === caseName)
const contender = found?.contenders[contenderName ?? '']
if (found === undefined || contender === undefined) throw new Error(`no contender ${contenderName} in case ${caseName}`)

if (polluted === 'polluted') await pollute()
const expected = await contender()
for (let i = 0; i < 4; i++) await contender()
const times: number[] = []
for (let i = 0; i < Number(rounds); i++) {
  const started = performance.now()
  const result = await contender()
  times.push(((performance.now() - started) * 1e6) / found.values)
  if (result !== expected) throw new Error(`${contenderName}: ${String(result)} instead of ${String(expected)}`)
}
times.sort((a, b) => a - b)
process.stdout.write(JSON.stringify({ median: times[times.length >> 1], min: times[0], result: String(expected) }))

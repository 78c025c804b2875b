// One contender of one case, run again and again, first as it is and then with a full collection before each run. Prints the
// median of both, in ns per value.
import { cases } from './cases/all'

const [caseName, contenderName, rounds] = process.argv.slice(2)
const found = cases.find(({ name }) => name === caseName)
const contender = found?.contenders[contenderName ?? '']
if (found === undefined || contender === undefined) throw new Error(`no contender ${contenderName} in case ${caseName}`)
const { gc } = globalThis as { gc?: () => void }
if (gc === undefined) throw new Error('collected.ts needs --expose-gc')

async function median(before: () => void): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < Number(rounds); i++) {
    before()
    const started = performance.now()
    await contender?.()
    times.push(((performance.now() - started) * 1e6) / (found?.values ?? 1))
  }
  return times.sort((a, b) => a - b)[times.length >> 1] as number
}

for (let i = 0; i < 5; i++) await contender()
const warm = await median(() => {})
// The last run is not held on the stack any more when the collection begins.
const collected = await median(gc)
process.stdout.write(JSON.stringify({ warm, collected }))

// The first run of a pipeline in a process of its own. Prints how long the import took and how long the run, in ms.
// Plain JavaScript that Node runs as it is: a loader in between would be measured, too.
const [library, pipeline, values] = process.argv.slice(2)
const size = Number(values)

async function* generate(count) {
  for (let i = 0; i < count; i++) yield i
}
const list = Array.from({ length: size }, (_, i) => i)

const importing = performance.now()
const pipelines = await (library === 'sluice' ? ours() : theirs())
const importMs = performance.now() - importing
const started = performance.now()
const result = pipeline === 'import' ? 0 : await pipelines[pipeline]()
const runMs = performance.now() - started
process.stdout.write(JSON.stringify({ importMs, runMs, result }))

async function ours() {
  const [{ count, from, reduce }, { batch, filter, flatMap, map, mergeWith }] = await Promise.all([import('@sluice/core'), import('@sluice/operators')])
  return {
    'sync chain': () => from(list).pipe(map((n) => n + 1), filter((n) => n % 2 === 0), map((n) => n * 2)).to(reduce((sum, n) => sum + n, 0)).run(),
    'async generator': () => from(generate(size)).pipe(map((n) => n + 1), filter((n) => n % 2 === 0)).to(count()).run(),
    merge: () => from(generate(size / 4)).pipe(mergeWith(generate(size / 4), generate(size / 4), generate(size / 4))).to(count()).run(),
    'batch and flatten': () => from(list).pipe(batch(100), flatMap((values) => values)).to(count()).run(),
  }
}

async function theirs() {
  const rx = await import('rxjs')
  return {
    'sync chain': () => rx.lastValueFrom(rx.from(list).pipe(rx.map((n) => n + 1), rx.filter((n) => n % 2 === 0), rx.map((n) => n * 2), rx.reduce((sum, n) => sum + n, 0))),
    'async generator': () => rx.lastValueFrom(rx.from(generate(size)).pipe(rx.map((n) => n + 1), rx.filter((n) => n % 2 === 0), rx.count())),
    merge: () => rx.lastValueFrom(rx.merge(...[1, 2, 3, 4].map(() => rx.from(generate(size / 4)))).pipe(rx.count())),
    'batch and flatten': () => rx.lastValueFrom(rx.from(list).pipe(rx.bufferCount(100), rx.mergeMap((values) => values), rx.count())),
  }
}

import { diagnose, type Diagnosis, type Run } from '../src/index'
import type { VirtualClock } from '@sluice/testing'

/** Holds the CPU for so long. */
export function burn(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

/** What is said of a run after it has warmed up, in a window of its own; the run is ended. */
export async function saidOf(run: Run<unknown>, windowMs = 1200, warmMs = 400): Promise<Diagnosis> {
  run.catch(() => {})
  await sleep(warmMs)
  const before = run.stats()
  await sleep(windowMs)
  const said = diagnose(run.stats(), before)
  await run.abort()
  return said
}

/** The same in virtual time. */
export async function saidInTime(clock: VirtualClock, run: Run<unknown>, windowMs = 5000, warmMs = 2000): Promise<Diagnosis> {
  run.catch(() => {})
  await clock.advance(warmMs)
  const before = run.stats()
  await clock.advance(windowMs)
  const said = diagnose(run.stats(), before)
  const over = run.abort()
  await clock.advance(60_000)
  await over
  return said
}

/** What matters of it in a test. */
export const brief = ({ verdict, stage, cause }: Diagnosis): string => `${verdict} @ ${stage ?? '-'} (${cause})`

/** All of it in a few lines, for a test that fails. */
export function inFull({ findings, shares }: Diagnosis): string {
  const states = shares.map(({ id, ...all }) => `  ${id}: ${Object.entries(all).filter(([, share]) => share > 0.005).map(([state, share]) => `${state} ${share.toFixed(2)}`).join(' ')}`)
  return ['', ...findings.map((found) => `  ${found.severity} ${found.verdict} @ ${found.stage ?? '-'} (${found.cause}) ${found.confidence.toFixed(2)}: ${found.message}`), ...states].join('\n')
}

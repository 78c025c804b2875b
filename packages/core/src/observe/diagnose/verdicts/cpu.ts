import type { Finding } from '../diagnosis'
import type { Evidence, Look } from '../evidence'
import type { StageWindow } from '../stage-window'
import { isThreaded } from './transfer'
import { duration, percent, perSecond, rounded } from '../wording'

/** From so much of the loop on, whoever has it is waited for. */
const SATURATED = 0.8
const MUCH = 0.4
/** Work below this is cheaper than handing the value to a thread. */
const WORTH_MS = 0.01
/** Foreign work from which on the only stage that makes calls is suspected. */
const SUSPECT = 0.2
/** From so much of the time on that it is read, a source is suspected where nobody makes calls. */
const READ = 0.5

/** One step of a chain that takes most of the event loop, also after an await in a call; or a chain that takes it evenly. */
export const cpu: Look = (evidence) => {
  const { window } = evidence
  const { utilization, ours, foreign } = window.loop
  if ((utilization ?? ours) < SATURATED) return undefined
  const heaviest = heaviestOf(window.stages)
  if (heaviest === undefined) return undefined
  const own = window.stages.reduce((sum, stage) => sum + stage.working, 0)
  const each = heaviest.workingMs / Math.max(1, heaviest.in, heaviest.out)
  // Of a stage with threads it is told by `transfer`: it is on threads already.
  if (isThreaded(heaviest)) return undefined
  if (heaviest.working >= MUCH && heaviest.working >= own / 2 && each >= WORTH_MS) return cpuStep(evidence, heaviest, each)
  const suspect = foreign > SUSPECT && ours < foreign ? awaiting(evidence) : undefined
  if (suspect) return suspect
  return ours > SATURATED && own > SATURATED * ours ? cpuSpread(evidence, ours) : undefined
}

/** The stage that was on the CPU most. */
export function heaviestOf(stages: readonly StageWindow[]): StageWindow | undefined {
  let found: StageWindow | undefined
  for (const stage of stages) if (stage.workingMs > (found?.workingMs ?? 0)) found = stage
  return found
}

function cpuStep({ window, caps }: Evidence, stage: StageWindow, each: number): Finding {
  const rate = (Math.max(stage.in, stage.out) / window.ms) * 1000
  const rest = Math.max(0.01, window.loop.ours - stage.working)
  const others = caps.find(({ kind }) => kind !== 'loop')?.rate ?? Infinity
  const own = (window.read / window.ms) * 1000
  const gain = Math.min(2, (1 - window.loop.foreign) / rest, own > 0 ? others / own : Infinity)
  return {
    verdict: 'cpu-step', severity: 'advice', stage: stage.id, cause: 'cpu',
    message: `'${stage.id}' takes ${percent(stage.working)} of the event loop, ${duration(each)} a value${at(stage)}: everything else waits for it`,
    advice: `do less in '${stage.id}', or run it on threads (mapWorkers)${gain > 1.2 ? `: two give about ${perSecond(rate * gain)} in place of ${perSecond(rate)}` : ''}; more concurrency or a larger buffer does not help`,
    figures: { working: rounded(stage.working), msPerValue: rounded(each), rate: rounded(rate), predicted: rounded(rate * Math.max(1, gain)), utilization: rounded(window.loop.utilization ?? window.loop.ours) },
    confidence: Math.min(1, stage.working / SATURATED),
  }
}

/** Work after an await is outside of all turns: where one stage alone makes calls, the work is that of its function; where none does, that of the source that is read. */
function awaiting({ window }: Evidence): Finding | undefined {
  const callers = window.stages.filter(({ calls, kind }) => calls !== null && calls.settled > 0 && kind !== 'source')
  const suspects = callers.length > 0 ? callers : window.units.flatMap(({ stage: { kind, inputs, out }, shares, stage }) => (kind === 'source' && inputs.length === 0 && out > 0 && shares.calling > READ ? [stage] : []))
  const [stage] = suspects
  if (!stage || isThreaded(stage) || suspects.length > 1) return undefined
  const { foreign, utilization } = window.loop
  const each = (foreign * window.ms) / (stage.calls?.settled || stage.out)
  if (each < WORTH_MS * 5) return undefined
  return {
    verdict: 'cpu-step', severity: 'advice', stage: stage.id, cause: 'cpu after an await',
    message: `the event loop is at work ${percent(utilization ?? 1)} of the time, ${percent(foreign)} outside of every stage: most likely in the function of '${stage.id}' after an await, ${duration(each)} a ${stage.kind === 'source' ? 'value' : 'call'}${at(stage)}`,
    advice: `do less in '${stage.id}', or run it on threads (mapWorkers); more concurrency does not help`,
    figures: { foreign: rounded(foreign), msPerValue: rounded(each), utilization: rounded(utilization ?? 1) },
    confidence: 0.6,
  }
}

function cpuSpread({ window }: Evidence, ours: number): Finding {
  const rate = (window.read / window.ms) * 1000
  return {
    verdict: 'cpu-spread', severity: 'info', stage: null, cause: 'cpu',
    message: `the stages use ${percent(ours)} of the event loop, none of them alone: ${perSecond(rate)} is what one thread does`,
    advice: '', figures: { working: rounded(ours), rate: rounded(rate) }, confidence: ours,
  }
}

/** In which file and line a stage was built, in brackets. The folders would fill the sentence; `site` of the statistics has them. */
export function at({ now: { site } }: StageWindow): string {
  const [, place] = site === null ? [] : (/([^/\\]+:\d+)(?::\d+)?$/.exec(site) ?? [])
  return place === undefined ? '' : ` (${place})`
}

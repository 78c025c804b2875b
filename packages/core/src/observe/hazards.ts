import { callsOf } from './node-figures'
import { Plan, retryOf, type Hazard } from './hazard'
import type { StageDescription } from './describe-pipeline'

type Look = (stage: StageDescription, plan: Plan) => Omit<Hazard, 'stage'> | undefined

const SPLITTING = ['share', 'broadcast', 'publish']
const TOGETHER = ['zip', 'zipWith', 'zipLongest', 'mergeSorted', 'interleave']
const RATES = ['throttle', 'rateLimit']
const LIVE = ['interval', 'fromEvent', 'fromCallback', 'fromWebSocket', 'fromMessagePort', 'fromObservable', 'fromSubject', 'fromProducer', 'tail']

/** What may go wrong with a pipeline, in the order of its stages. */
export function findHazards(plan: Plan): Hazard[] {
  return plan.stages.flatMap((stage) => LOOKS.flatMap((look) => {
    const found = look(stage, plan)
    return found ? [{ id: found.id, stage: stage.id, message: found.message, advice: found.advice }] : []
  }))
}

/** How many sources a stage works on at once; undefined where it only hands them on. */
function openBy({ options, traits }: StageDescription): number | undefined {
  return callsOf(options) ?? (traits && traits.opens > 0 ? traits.opens : undefined)
}

const groupsStarved: Look = (stage, plan) => {
  const most = stage.options['maxGroups']
  if (stage.madeBy !== 'groupBy' || typeof most !== 'number') return undefined
  const consumer = plan.from(stage).slice(1).find((next) => openBy(next) !== undefined)
  const open = consumer && openBy(consumer)
  if (consumer === undefined || open === undefined || open >= most) return undefined
  return {
    id: 'groups-starved',
    message: `'${stage.id}' has up to ${most} groups at once, and '${consumer.id}' consumes ${open}: when a group that nobody consumes is full, both wait for ever`,
    advice: `give '${consumer.id}' a concurrency of ${most}, or '${stage.id}' maxGroups: ${open} with onGroupLimit: 'evict'`,
  }
}

const zipOfBranches: Look = (stage, plan) => {
  if (!TOGETHER.includes(stage.madeBy ?? '')) return undefined
  const inputs = plan.before(stage).map((input) => plan.upTo(input))
  const [first = [], ...others] = inputs
  const topics = (list: readonly StageDescription[]): string[] => list.flatMap(({ parts }) => parts.flatMap(({ part, role }) => (role === 'reads' ? [part] : [])))
  const hub = first.find((one) => SPLITTING.includes(one.madeBy ?? '') && others.some((list) => list.includes(one)))?.id ??
    topics(first).find((part) => others.some((list) => topics(list).includes(part)))
  if (hub === undefined) return undefined
  return {
    id: 'zip-of-branches',
    message: `'${stage.id}' waits for a value of each input, and its inputs are branches of '${hub}': where one branch filters, batches or works ahead, the other is full before they meet again, and both wait for ever`,
    advice: `compute both sides of a value in one map, or give '${hub}' a capacity of as many values as one branch may be behind`,
  }
}

const retryWithoutDelay: Look = (stage) => {
  const { madeBy, options } = stage
  const retry = retryOf(stage)
  // `retrySource` waits 200 ms where the count of tries may start again.
  const isAtOnce = retry ? retry['delayMs'] === 0 && retry['atLeastMs'] === undefined
    : options['delayMs'] === 0 || (madeBy === 'retrySource' && options['delayMs'] === undefined && options['resetOnValue'] !== true)
  if (!isAtOnce || (retry === undefined && madeBy !== 'retrySource' && madeBy !== 'restart')) return undefined
  return {
    id: 'retry-without-delay',
    message: `'${stage.id}' tries again at once: a service that is overloaded gets more calls the worse it is`,
    advice: 'give the retry a delayMs, such as 200, which grows from try to try',
  }
}

const retriesMultiply: Look = (stage, plan) => {
  if (stage.madeBy !== 'retrySource') return undefined
  const inner = plan.upTo(stage).slice(1).find((before) => retryOf(before) !== undefined)
  const [outerTimes, innerTimes] = [stage.options['times'], inner && retryOf(inner)?.['times']]
  if (inner === undefined || typeof outerTimes !== 'number' || typeof innerTimes !== 'number') return undefined
  return {
    id: 'retries-multiply',
    message: `'${stage.id}' reads everything again when '${inner.id}' has given up: an item is tried up to ${(outerTimes + 1) * (innerTimes + 1)} times`,
    advice: `retry in one of the two places; in '${inner.id}' then: deadLetter(...) or 'skip' lets the rest go on`,
  }
}

const retriesBypassRate: Look = (stage, plan) => {
  const retry = retryOf(stage)
  if (retry === undefined || retry['limit'] !== undefined || stage.options['limit'] !== undefined) return undefined
  const rate = plan.upTo(stage).slice(1).find(({ madeBy }) => RATES.includes(madeBy ?? ''))
  if (rate === undefined) return undefined
  return {
    id: 'retries-bypass-rate',
    message: `'${rate.id}' counts each value once, and '${stage.id}' calls again without passing it: when calls fail, the rate is exceeded`,
    advice: `make one Limit, and give it to both: '${rate.id}' as limit, and retry({ limit })`,
  }
}

const unbounded: Look = ({ id, traits, kind }, plan) => {
  if (traits?.holds !== Infinity) return undefined
  // A list of all values is what was asked for, where there is an end.
  const endless = plan.stages.find(({ madeBy }) => LIVE.includes(madeBy ?? ''))
  if (kind === 'sink' && endless === undefined) return undefined
  return {
    id: 'unbounded',
    message: `'${id}' holds any number of values${endless ? `, and '${endless.id}' has no end by itself` : ''}`,
    advice: kind === 'sink' ? 'take(n) before it, or a sink that deals with each value' : 'give it a bound',
  }
}

const unweighed: Look = ({ id, options, traits }, plan) => {
  if (options['maxWeight'] !== undefined || !traits || traits.holds < 2 || traits.holds === Infinity) return undefined
  const weighing = plan.stages.find((other) => other.id !== id && other.options['maxWeight'] !== undefined)
  if (weighing === undefined || !('weigh' in options || 'capacity' in options)) return undefined
  return {
    id: 'unweighed',
    message: `'${weighing.id}' bounds what its values weigh, and '${id}' holds ${traits.holds} of any weight`,
    advice: `give '${id}' a maxWeight, too, or a smaller capacity`,
  }
}

const placesWait: Look = ({ id, options }) => {
  const calls = callsOf(options)
  const { concurrency } = (options['limit'] ?? {}) as { readonly concurrency?: unknown }
  if (calls === null || typeof concurrency !== 'number' || concurrency >= calls) return undefined
  return {
    id: 'places-wait-for-permits',
    message: `'${id}' makes up to ${calls} calls at once, and its limit gives ${concurrency} permits: ${calls - concurrency} of its places only wait`,
    advice: `a concurrency of ${concurrency}, unless the limit is raised while it runs`,
  }
}

const batchMayWait: Look = ({ id, madeBy, options }, plan) => {
  if (madeBy !== 'batch' || options['withinMs'] !== undefined) return undefined
  const self = plan.stages.find((stage) => stage.id === id) as StageDescription
  const live = plan.upTo(self).find((other) => LIVE.includes(other.madeBy ?? '') || other.parts.some(({ role }) => role === 'reads'))
  return live && {
    id: 'batch-may-wait', message: `'${id}' waits until it is full, and values of '${live.id}' come when they come`, advice: 'give it withinMs',
  }
}

const circle: Look = ({ id, kind, parts }, plan) => {
  const filled = parts.find(({ part, role }) => role === 'fills' && plan.stages.some((other) => other.parts.some((use) => use.part === part && use.role === 'reads')))
  if (filled === undefined || kind === 'source') return undefined
  return {
    id: 'circle',
    message: `'${id}' fills what the same pipeline reads (${filled.part}): when it is full, the pipeline waits for itself`,
    advice: "let the queue drop (overflow), or make the circle an operator's own, such as mergeMap of what is found",
  }
}

const LOOKS: readonly Look[] = [
  groupsStarved, zipOfBranches, retryWithoutDelay, retriesMultiply, retriesBypassRate, unbounded, unweighed, placesWait, batchMayWait, circle,
]

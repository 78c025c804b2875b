import type { Meter, Observable } from '@opentelemetry/api'

/**
 * How figures of several runs of one name become one: `add` sums up those of all runs, ended ones included; `live` those of the runs
 * that are under way; `most` takes the highest of these.
 */
export type Merge = 'add' | 'live' | 'most'

/** What is known of an instrument before there is a meter. */
interface About {
  readonly merge: Merge
  /** A unit of UCUM. */
  readonly unit: string
  readonly description: string
}

const add = (unit: string, description: string): About => ({ merge: 'add', unit, description })
const live = (unit: string, description: string): About => ({ merge: 'live', unit, description })
const most = (unit: string, description: string): About => ({ merge: 'most', unit, description })

/** The instruments by their names, which are stable: dashboards and alerts are written against them. */
export const INSTRUMENTS = {
  'sluice.run.active': live('{run}', 'Runs that have not ended, by status.'),
  'sluice.run.read': add('{value}', 'Values that the sources of a run gave.'),
  'sluice.run.values': add('{value}', 'Values that met their end, by what became of them.'),
  'sluice.run.in_flight': live('{value}', 'Values that were read and have not met their end.'),
  'sluice.stage.in': add('{value}', 'Values that a stage took.'),
  'sluice.stage.out': add('{value}', 'Values that a stage handed on; for a sink, values that it dealt with.'),
  'sluice.stage.dropped': add('{value}', 'Values that a stage dropped on purpose: overflow, a newer value, a closed branch.'),
  'sluice.stage.errors': add('{error}', 'Errors of user code, those that were retried or skipped included.'),
  'sluice.stage.retries': add('{retry}', 'Tries after the first.'),
  'sluice.stage.dead_letters': add('{value}', 'Values that were written to a dead letter sink.'),
  'sluice.stage.working_time': add('s', 'Time for which the stage itself was on the CPU.'),
  'sluice.stage.time': add('s', 'Time by state; the states of a stage add up to the time that has passed.'),
  'sluice.stage.limited_time': add('s', 'Time in the state limited, by what was waited for.'),
  'sluice.stage.open': live('{stage}', 'Inner stages that are open under this name.'),
  'sluice.call.started': add('{call}', 'Calls that a stage began.'),
  'sluice.call.settled': add('{call}', 'Calls that have settled.'),
  'sluice.call.overrun': add('{call}', 'Calls that went on after their time was over.'),
  'sluice.call.in_flight': live('{call}', 'Calls under way.'),
  'sluice.call.limit': live('{call}', 'Calls that may be under way at once.'),
  'sluice.call.time': add('s', 'Time for which calls were under way, summed over all calls: its rate is how many were on average.'),
  'sluice.call.at_limit_time': add('s', 'Time for which as many calls as may be were under way.'),
  'sluice.call.duration': most('s', 'How long calls took, by quantile, since the run began.'),
  'sluice.joint.size': live('{value}', 'Values held in the queue of a stage.'),
  'sluice.joint.limit': live('{value}', 'Values that may be held in the queue of a stage.'),
  'sluice.joint.weight': live('1', 'What the values held weigh together.'),
  'sluice.joint.weight_limit': live('1', 'What the values held may weigh together.'),
  'sluice.joint.full_time': add('s', 'Time for which the queue had no room.'),
  'sluice.joint.empty_time': add('s', 'Time for which the queue held nothing.'),
  'sluice.joint.oldest_age': most('s', 'The age of the oldest value held.'),
} as const satisfies Readonly<Record<string, About>>

/** The name of an instrument. */
export type InstrumentName = keyof typeof INSTRUMENTS

const NAMES = Object.keys(INSTRUMENTS) as InstrumentName[]

/** Makes the instruments of a meter: none of them is recorded to, all are read when somebody collects. */
export function makeInstruments(meter: Meter): ReadonlyMap<InstrumentName, Observable> {
  return new Map(NAMES.map((name) => {
    const { merge, unit, description } = INSTRUMENTS[name]
    const options = { unit, description }
    const instrument = merge === 'add' ? meter.createObservableCounter(name, options)
      : merge === 'live' ? meter.createObservableUpDownCounter(name, options)
      : meter.createObservableGauge(name, options)
    return [name, instrument]
  }))
}

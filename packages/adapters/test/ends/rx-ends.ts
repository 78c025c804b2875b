import type { Observable, Subject } from 'rxjs'
import { settle } from '@sluice/testing'
import type { InEnd, OutEnd, Taken } from './bridge'
import { until } from './pipeline-ends'

/** Whoever pushes into a Subject; nobody can hold him back, nor say why nothing more is wanted. */
export function subjectEnd(subject: Subject<unknown>): InEnd {
  let accepted = 0
  return {
    put(value) {
      if (subject.observed) accepted++
      subject.next(value)
    },
    end: () => { subject.complete() },
    fail: (error) => { subject.error(error) },
    accepted: () => accepted,
    told: () => (subject.observed ? undefined : {}),
    held: () => (subject.observed ? 1 : 0),
  }
}

/** A subscriber, which gets everything and hands it out when it is asked for. */
export function subscriberEnd(observable: Observable<unknown>): OutEnd {
  const values: unknown[] = []
  let end: (() => Taken) | undefined
  const subscription = observable.subscribe({
    next: (value) => { values.push(value) },
    error: (error: unknown) => { end = () => { throw error } },
    complete: () => { end = () => ({ done: true }) },
  })
  let asked = 0
  return {
    givesReasons: false,
    async take() {
      const mine = asked++
      await until(() => values.length > mine || end !== undefined)
      return values.length > mine ? { done: false, value: values[mine] } : (end as () => Taken)()
    },
    async leave() {
      subscription.unsubscribe()
      await settle()
    },
    held: () => (subscription.closed ? 0 : 1),
  }
}

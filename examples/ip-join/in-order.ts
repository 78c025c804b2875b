import type { Operator } from 'sluice'
import { expanding } from '@sluice/core/authoring'
import type { JoinEvent } from './position'

/**
 * Puts events back into the order they were made in, after branches that each keep their own: a position says that
 * everything before it is done. Holds as many as the branches are apart, which is what they ask for at once.
 *
 * @param done events that are done already; the next one has the number behind.
 */
export function inOrder(done: number): Operator<JoinEvent, JoinEvent> {
  return expanding<JoinEvent, JoinEvent>('in order', () => {
    const early = new Map<number, JoinEvent>()
    let last = done
    return (event) => {
      if (early.size === 0 && event.at.events === last + 1) {
        last++
        return [event]
      }
      early.set(event.at.events, event)
      const next: JoinEvent[] = []
      for (let found = early.get(last + 1); found; found = early.get(last + 1)) {
        early.delete(++last)
        next.push(found)
      }
      return next
    }
  })
}

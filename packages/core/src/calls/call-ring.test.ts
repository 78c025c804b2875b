import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Call } from './call'
import { CallRing } from './call-ring'

type Step = { readonly do: 'place' | 'turn' | 'release' | 'leave'; readonly which: number }

const steps = (...moves: Step['do'][]) => fc.array(fc.record({ do: fc.constantFrom(...moves), which: fc.nat(100) }), { maxLength: 120 })

function ringOf(asPlaced: boolean): { ring: CallRing<number, number>; made: () => number } {
  let made = 0
  const owner = { resolved() {}, rejected() {} }
  return { ring: new CallRing<number, number>(() => { made++; return new Call<number, number>({} as never, owner) }, asPlaced), made: () => made }
}

describe('CallRing', () => {
  it('model: in the order of placing, each call serves one item, and the first is the oldest', () => {
    fc.assert(fc.property(steps('place', 'release'), (moves) => {
      const { ring, made } = ringOf(true)
      const model: number[] = []
      let next = 0
      let most = 0
      for (const move of moves) {
        if (move.do === 'place') {
          ring.place().item = next
          model.push(next++)
        } else if (model.length > 0) {
          ring.releaseFirst()
          model.shift()
        }
        most = Math.max(most, model.length)
        expect([ring.size, ring.first?.item]).toEqual([model.length, model[0]])
      }
      expect(made()).toBeLessThanOrEqual(2 * most)
    }))
  })

  it('model: as their turns come, the first is the one whose turn came first, whoever leaves in between', () => {
    fc.assert(fc.property(steps('place', 'turn', 'release', 'leave'), (moves) => {
      const { ring } = ringOf(false)
      const running: Call<number, number>[] = []
      const ready: number[] = []
      let next = 0
      for (const { do: what, which } of moves) {
        if (what === 'place') {
          const call = ring.place()
          call.item = next++
          running.push(call)
        } else if (what === 'release' && ready.length > 0) {
          ring.releaseFirst()
          ready.shift()
        } else if (what !== 'release' && running.length > 0) {
          const [call] = running.splice(which % running.length, 1) as [Call<number, number>]
          if (what === 'turn') {
            ring.turn(call)
            ready.push(call.item as number)
          } else {
            ring.leave(call)
          }
        }
        expect([ring.size, ring.first?.item]).toEqual([running.length + ready.length, ready[0]])
        // No two items share a call.
        expect(new Set(running.map(({ item }) => item)).size).toBe(running.length)
      }
    }))
  })
})

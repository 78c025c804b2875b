import type { Capabilities, DurableQueue, Lease, PutResult } from '@sluice/core/durable'
import { assert, assertEqual } from '../probe/assert'
import type { LawCase } from './law-case'

/** A durable queue that is tried: how to make one. */
export interface DurableEntry {
  readonly name: string
  /**
   * An empty queue with a capacity and a length of leases, in ms.
   *
   * @returns the queue, and the same one as another process has it.
   */
  readonly make: (options: { readonly capacity: number; readonly leaseMs: number }) => Promise<{ readonly queue: DurableQueue; readonly other: DurableQueue; readonly dispose: () => Promise<void> }>
  /** How long leases of the laws are, in ms: several times what a call takes. Default 500. */
  readonly leaseMs?: number
}

/** What comes, comes soon; a machine that is busy is given so many leases. */
const LONG = 20
const forever = new AbortController().signal
const bytes = (n: number): Uint8Array => new TextEncoder().encode(`item ${n}`)
const textOf = ({ body }: { readonly body: Uint8Array }): string => new TextDecoder().decode(body)
const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
const is = (results: readonly PutResult[]): string[] => results.map((result) => result.is)

/** What a law has at hand: the open queue, the same as another process has it, and what the queue says of itself. */
interface Tried {
  readonly queue: DurableQueue
  readonly other: DurableQueue
  readonly can: Capabilities
  readonly leaseMs: number
}

/**
 * The laws that every durable queue keeps, in real time; what a queue says that it cannot do is left out.
 *
 * @example
 * ```ts
 * for (const { name, run } of durableLaws({ name: 'mine', make })) it(name, run)
 * ```
 */
export function durableLaws({ name, make, leaseMs = 500 }: DurableEntry): LawCase[] {
  const cases: LawCase[] = []
  const add = (law: string, what: string, run: (tried: Tried) => Promise<void>, capacity = 1000): void => {
    cases.push({
      law, name: `${law}: ${name}: ${what}`,
      run: async () => {
        const { queue, other, dispose } = await make({ capacity, leaseMs })
        try {
          const can = await queue.open(forever)
          await other.open(forever)
          await run({ queue, other, can, leaseMs })
          await queue.close()
          await other.close()
        } finally {
          await dispose()
        }
      },
    })
  }
  const put = (queue: DurableQueue, ...numbers: number[]): Promise<readonly PutResult[]> => queue.put(numbers.map((n) => ({ body: bytes(n) })))
  const take = (queue: DurableQueue, max: number, waitMs = 0): Promise<readonly Lease[]> => queue.take(max, waitMs, forever)
  const ack = (queue: DurableQueue, leases: readonly Lease[]): Promise<unknown> => queue.settle(leases, leases.map(() => ({ do: 'ack' as const })))

  add('D30', 'what was put comes out as it was, in the order of its puts, and is gone when it is acknowledged', async ({ queue, other, can }) => {
    await queue.put([{ body: new Uint8Array([0, 255, 10, 13, 0]), headers: { from: 'here', 'ütf': '→' } }, { body: new Uint8Array() }])
    await put(queue, ...Array.from({ length: 50 }, (_, n) => n))
    const [first, empty, ...rest] = await take(other, 100)
    assertEqual([...(first?.body ?? [])], [0, 255, 10, 13, 0], 'the first body')
    assertEqual({ ...first?.headers }, { from: 'here', 'ütf': '→' }, 'its headers')
    assertEqual(empty?.body.length, 0, 'the length of an empty body')
    if (can.order !== 'none') assertEqual(rest.map(textOf), Array.from({ length: 50 }, (_, n) => `item ${n}`), 'the others')
    assertEqual(rest.map(({ attempts }) => attempts), rest.map(() => 1), 'attempts')
    assertEqual(await queue.stats(), { ready: 0, leased: 52, dead: 0, sealed: false }, 'figures while they are out')
    await ack(other, [first as Lease, empty as Lease, ...rest])
    assertEqual(await queue.stats(), { ready: 0, leased: 0, dead: 0, sealed: false }, 'figures at the end')
    assertEqual(await take(queue, 10), [], 'what is left')
  })

  add('D31', 'a bound holds, with what is out and with many producers; what was refused is the end of its call', async ({ queue, other, can }) => {
    if (can.bound === 'none') return
    const results = await Promise.all(Array.from({ length: 8 }, (_, at) => put(at % 2 === 0 ? queue : other, at, at + 100, at + 200)))
    const stored = results.flat().filter((result) => result.is === 'stored').length
    assert(stored >= 10 && stored <= 10 + can.slack, `${stored} were stored, and the bound is 10 with a slack of ${can.slack}`)
    for (const result of results) assert(!/full,stored/.test(is(result).join()), 'nothing is stored behind what was refused')
    const [held] = await take(queue, 1)
    if (can.bound === 'exact') assertEqual(is(await put(queue, 1)), ['full'], 'a put while the item is out')
    await ack(queue, [held as Lease])
    if (can.bound === 'exact') assertEqual(is(await put(queue, 1, 2)), ['stored', 'full'], 'puts after one was dealt with')
  }, 10)

  add('D32', 'a key is absorbed, in the same call, later, from elsewhere, and after its item was dealt with', async ({ queue, other, can }) => {
    if (can.dedupMs === 0) return
    const keyed = (key: string) => ({ body: bytes(1), dedupKey: key })
    assertEqual(is(await queue.put([keyed('a'), keyed('b'), keyed('a')])), ['stored', 'stored', 'duplicate'], 'one call')
    assertEqual(is(await other.put([keyed('b'), keyed('c')])), ['duplicate', 'stored'], 'from elsewhere')
    await ack(queue, await take(queue, 10))
    assertEqual(is(await queue.put([keyed('a'), keyed('d')])), ['duplicate', 'stored'], 'after its item was dealt with')
  })

  add('D33', 'a lease that is over gives its item to somebody else, as the next attempt; one that is renewed does not', async ({ queue, other, can, leaseMs }) => {
    await put(queue, 1, 2)
    const [first, second] = await take(queue, 2)
    for (let i = 0; i < 4; i++) {
      await sleep(leaseMs / 2)
      if (can.extend) await queue.settle([second as Lease], [{ do: 'extend' }])
    }
    const again = await take(other, 2, LONG * leaseMs)
    assertEqual(again.map(({ id }) => id), can.extend ? [first?.id] : [first?.id, second?.id], 'what came again')
    if (can.attempts !== 'none') assertEqual(again[0]?.attempts, 2, 'its attempts')
    assertEqual(await queue.settle([second as Lease], [{ do: 'ack' }]), [can.extend ? 'ok' : 'stale'], 'the renewed one')
  })

  add('D34', 'a holder that comes too late is refused, and the item stays with the other one', async ({ queue, other, can, leaseMs }) => {
    if (!can.fencing) return
    await put(queue, 1)
    const stale = await take(queue, 1)
    await sleep(leaseMs * 1.2)
    const current = await take(other, 1, LONG * leaseMs)
    assertEqual(current.length, 1, 'it came again')
    for (const verdict of [{ do: 'ack' }, { do: 'return' }, { do: 'extend' }, { do: 'nack', delayMs: 0 }, { do: 'dead', reason: 'late' }] as const) {
      assertEqual(await queue.settle(stale, [verdict]), ['stale'], `a late ${verdict.do}`)
    }
    assertEqual(await queue.stats(), { ready: 0, leased: 1, dead: 0, sealed: false }, 'figures')
    assertEqual(await other.settle(current, [{ do: 'ack' }]), ['ok'], 'the other one')
    assertEqual(await other.settle(current, [{ do: 'ack' }]), ['stale'], 'a second time')
  })

  add('D35', 'what failed comes again after its delay, as the next attempt; what was given back comes at once, and counts none', async ({ queue, can, leaseMs }) => {
    if (can.delay === 'none') return
    await put(queue, 1, 2)
    const [first, second] = await take(queue, 2)
    const at = performance.now()
    await queue.settle([first as Lease, second as Lease], [{ do: 'nack', delayMs: leaseMs, error: new Error('bad') }, { do: 'return' }])
    const [returned] = await take(queue, 2, leaseMs)
    assertEqual(returned?.id, second?.id, 'what came at once')
    if (can.attempts === 'failures') assertEqual(returned?.attempts, 1, 'attempts of what was given back')
    await ack(queue, [returned as Lease])
    const [failed] = await take(queue, 2, LONG * leaseMs)
    assertEqual(failed?.id, first?.id, 'what came later')
    if (can.attempts !== 'none') assertEqual(failed?.attempts, 2, 'attempts of what failed')
    assert(performance.now() - at >= leaseMs * 0.95, 'it did not come before its time')
  })

  add('D36', 'dead letters are listed, put back, and deleted', async ({ queue, can }) => {
    if (can.dead === 'none') return
    await queue.put([{ body: bytes(1), headers: { a: 'b' } }, { body: bytes(2) }, { body: bytes(3) }])
    const leases = await take(queue, 3)
    assertEqual(await queue.settle(leases, leases.map(({ id }) => ({ do: 'dead', reason: `no. ${id}` }))), ['ok', 'ok', 'ok'], 'verdicts')
    assertEqual(await queue.stats(), { ready: 0, leased: 0, dead: 3, sealed: false }, 'figures')
    const { deadItems } = queue
    if (deadItems === undefined) return
    const listed = await deadItems.list()
    assertEqual(listed.map((item) => [textOf(item), item.reason, item.attempts, { ...item.headers }]), leases.map((lease, i) => [textOf(lease), `no. ${lease.id}`, 1, i === 0 ? { a: 'b' } : {}]), 'the list')
    assert(listed.every(({ at }) => Math.abs(at - Date.now()) < 60_000), 'when they died')
    assertEqual((await deadItems.list(1, listed[0]?.id)).map(({ id }) => id), [listed[1]?.id], 'the list behind the first')
    assertEqual([await deadItems.redrive([listed[1]?.id ?? '']), await deadItems.purge([listed[2]?.id ?? '']), await deadItems.purge(['999999'])], [1, 1, 0], 'how many')
    assertEqual((await take(queue, 5)).map((lease) => [textOf(lease), lease.attempts]), [['item 2', 1]], 'what was put back')
    assertEqual([await deadItems.redrive(), (await queue.stats()).dead], [1, 0], 'all that was left')
  })

  add('D37', 'the lower its priority, the sooner an item comes', async ({ queue, can }) => {
    if (!can.priority) return
    await queue.put([5, 0, -2, 0, 5, 1].map((priority, n) => ({ body: bytes(n), priority })))
    assertEqual((await take(queue, 10)).map(textOf), [2, 1, 3, 5, 0, 4].map((n) => `item ${n}`), 'the order')
  })

  add('D38', 'items of one key come in their order, and one only when the one before is dealt with, also after it failed', async ({ queue, other, can, leaseMs }) => {
    if (can.order !== 'per-key' && can.order !== 'strict') return
    await queue.put([['a', 1], ['a', 2], ['b', 3], ['a', 4]].map(([orderKey, n]) => ({ body: bytes(n as number), orderKey: orderKey as string })))
    const first = await take(queue, 10)
    assertEqual(first.map(textOf), ['item 1', 'item 3'], 'the first of each key')
    assertEqual(await take(other, 10), [], 'while they are out')
    await queue.settle(first, [{ do: 'nack', delayMs: leaseMs / 2 }, { do: 'ack' }])
    assertEqual(await take(other, 10), [], 'while the failed one waits')
    const again = await take(other, 10, LONG * leaseMs)
    assertEqual(again.map(textOf), ['item 1'], 'the failed one')
    await ack(other, again)
    assertEqual((await take(other, 10, LONG * leaseMs)).map(textOf), ['item 2'], 'the next one')
  })

  add('D39', 'a seal is seen by all, and is broken by what is stored, not by what is absorbed', async ({ queue, other, can }) => {
    await queue.put([{ body: bytes(1), dedupKey: 'a' }])
    await queue.seal()
    assertEqual((await other.stats()).sealed, true, 'sealed')
    if (can.dedupMs > 0) {
      await other.put([{ body: bytes(1), dedupKey: 'a' }])
      assertEqual((await queue.stats()).sealed, true, 'after a duplicate')
    }
    await put(other, 2)
    assertEqual((await queue.stats()).sealed, false, 'after an item')
  })

  add('D40', 'a take waits for the first item, wherever it is put, no longer than was asked, and not after its signal', async ({ queue, other, leaseMs }) => {
    for (const producer of [queue, other]) {
      const waiting = take(queue, 5, 20 * leaseMs)
      await sleep(50)
      const at = performance.now()
      await put(producer, 7)
      const came = await waiting
      assertEqual(came.map(textOf), ['item 7'], 'what came')
      await ack(queue, came)
      assert(performance.now() - at < 10 * leaseMs, 'it came soon')
    }
    const at = performance.now()
    assertEqual(await take(queue, 5, 100), [], 'nothing came')
    assert(performance.now() - at >= 90, 'it waited')
    const controller = new AbortController()
    const waiting = queue.take(5, 60_000, controller.signal)
    setTimeout(() => { controller.abort() }, 30)
    assertEqual(await waiting, [], 'after its signal')
  })

  add('D41', 'what is too large is refused alone', async ({ queue, can }) => {
    if (can.maxBytes > 50_000_000) return
    const results = await queue.put([{ body: bytes(1) }, { body: new Uint8Array(can.maxBytes + 1) }, { body: bytes(2) }])
    assertEqual(is(results), ['stored', 'too-large', 'stored'], 'results')
  })

  add('D42', 'several consumers share the items, and each item is given to one of them', async ({ queue, other }) => {
    await put(queue, ...Array.from({ length: 300 }, (_, n) => n))
    const seen: string[] = []
    await Promise.all([queue, other, queue, other].map(async (consumer) => {
      for (;;) {
        const leases = await take(consumer, 7, 50)
        if (leases.length === 0) return
        seen.push(...leases.map(textOf))
        await ack(consumer, leases)
      }
    }))
    assertEqual([...seen].sort(), Array.from({ length: 300 }, (_, n) => `item ${n}`).sort(), 'what came')
  })

  add('D43', 'an item that is put for later does not come before its time', async ({ queue, can, leaseMs }) => {
    if (can.delay === 'none' || can.delay === 'holds-slot') return
    const at = performance.now()
    await queue.put([{ body: bytes(1), delayMs: leaseMs }, { body: bytes(2) }])
    const ready = await take(queue, 5)
    assertEqual(ready.map(textOf), ['item 2'], 'at once')
    await ack(queue, ready)
    assertEqual((await queue.stats()).ready, 1, 'the other one is ready, later')
    assertEqual((await take(queue, 5, LONG * leaseMs)).map(textOf), ['item 1'], 'later')
    assert(performance.now() - at >= leaseMs * 0.95, 'not before its time')
  })

  add('D44', 'what was put is there after all have closed the queue, and so is what was out', async ({ queue, other, leaseMs }) => {
    await put(queue, 1, 2)
    const out = await take(queue, 1)
    await queue.close()
    await other.close()
    await queue.open(forever)
    await other.open(forever)
    const [ready] = await take(other, 5)
    assertEqual(textOf(ready as Lease), 'item 2', 'what was ready')
    const [back] = await take(other, 5, LONG * leaseMs)
    assertEqual(textOf(back as Lease), textOf(out[0] as Lease), 'what was out')
  })

  return cases
}

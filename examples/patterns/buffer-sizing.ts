/**
 *   bursts of 20 ──▶ [ capacity ? ] ──▶ a consumer that is as fast as the bursts on average
 *
 * How large a buffer? 1 is too small: the producer waits in each burst. As large as a burst is right: it is absorbed, and
 * the consumer always has work. Far larger is no faster; under overload it only hides that the consumer is behind.
 */
import { BoundedQueue } from '@sluice/core'

const BURST = 20

/** Bursts with a rest between them, in which the consumer takes as many. Answers how often the producer had to wait. */
async function bursts(capacity: number): Promise<number> {
  const queue = new BoundedQueue<number>({ capacity })
  let waits = 0
  for (let burst = 0; burst < 5; burst++) {
    for (let n = 0; n < BURST; n++) {
      if (queue.tryPut(n)) continue
      waits++
      const room = queue.put(n) // the producer stands still until
      await queue.take() // the consumer has taken one
      await room
    }
    while (!queue.isEmpty) await queue.take() // the rest between two bursts
  }
  return waits
}

for (const capacity of [1, 5, BURST, 1_000]) {
  console.log(`capacity ${String(capacity).padStart(4)}: the producer waited ${await bursts(capacity)} times in 5 bursts of ${BURST}`)
}

/** A producer twice as fast as its consumer, for 2,000 values. Answers how old the last value is when it is taken. */
async function overload(capacity: number): Promise<number> {
  const queue = new BoundedQueue<number>({ capacity })
  let made = 0
  let age = 0
  while (made < 2_000) {
    const accepted = [queue.put(++made), queue.put(++made)]
    age = made - (await queue.take())
    while (queue.waitingPuts > 0) age = made - (await queue.take())
    await Promise.all(accepted)
  }
  return age
}

for (const capacity of [BURST, 100_000]) {
  console.log(`capacity ${String(capacity).padStart(6)} under overload: what is taken last is ${await overload(capacity)} values old`)
}

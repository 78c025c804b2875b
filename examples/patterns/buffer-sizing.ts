/**
 *   bursts of 20 ──▶ [ capacity ? ] ──▶ a consumer that is as fast as the bursts on average
 *
 * How large a buffer? 1 is too small: the producer waits in each burst. As large as a burst is right: it is absorbed, and
 * the consumer always has work. Far larger is no faster; under overload it only hides that the consumer is behind.
 */
import { BoundedQueue } from 'sluice'

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

/** A producer twice as fast as its consumer. Answers how many newer values there are than the one that is taken last. */
async function overload(capacity: number): Promise<number> {
  const queue = new BoundedQueue<number>({ capacity })
  let made = 0
  let newer = 0
  for (let step = 1; step <= 1_000; step++) {
    for (let n = 0; n < 2; n++) if (queue.tryPut(made + 1)) made++ // where there is no room, it waits for the next step
    newer = made - (await queue.take())
  }
  return newer
}

for (const capacity of [BURST, 100_000]) {
  console.log(`capacity ${String(capacity).padStart(6)} under overload: the consumer is ${await overload(capacity)} values behind`)
}

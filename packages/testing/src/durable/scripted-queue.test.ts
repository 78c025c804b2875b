import { describe, it } from 'vitest'
import { systemClock } from '@sluice/core/authoring'
import { durableLaws, ScriptedQueue } from '../index'

describe('ScriptedQueue keeps the laws that queues on disk and in brokers keep', () => {
  for (const { name, run } of durableLaws({
    name: 'ScriptedQueue', leaseMs: 100, make: async ({ capacity, leaseMs }) => {
      const queue = new ScriptedQueue(systemClock, { capacity, leaseMs, capabilities: { bound: 'exact' } })
      return { queue, other: queue, dispose: async () => {} }
    },
  })) it(name, run)
})

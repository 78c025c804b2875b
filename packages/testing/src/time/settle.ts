import { macrotask } from '@sluice/core/authoring'

/** Waits until promise reactions and the scheduler's macrotasks that are due have run: some turns of the event loop. */
export async function settle(turns = 8): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise<void>(macrotask)
}

import type { StageTime } from '@sluice/core'

/** The six states, in the order in which bars show them: a letter and a pattern beside the colour, for those who do not tell colours apart. */
export const STATES = [
  { key: 'workingMs', name: 'working', letter: 'W', says: 'its code is on the CPU' },
  { key: 'callingMs', name: 'calling', letter: 'C', says: 'waits for calls that it has begun' },
  { key: 'limitedMs', name: 'limited', letter: 'L', says: 'waits for a permit, a rate or a timer' },
  { key: 'backpressuredMs', name: 'backpressured', letter: 'B', says: 'waits for room behind it' },
  { key: 'blockedMs', name: 'blocked', letter: 'K', says: 'ready, and something else holds the event loop' },
  { key: 'idleMs', name: 'idle', letter: 'I', says: 'waits for input' },
] as const satisfies readonly { readonly key: keyof StageTime; readonly name: string; readonly letter: string; readonly says: string }[]

/** What part of the time was spent in each state, 0 to 1, in the order of {@link STATES}. */
export type Shares = readonly number[]

/** The state that most of the time was spent in. */
export function mainState(shares: Shares): { readonly state: (typeof STATES)[number]; readonly share: number } {
  let most = 0
  shares.forEach((share, i) => { if (share > (shares[most] ?? 0)) most = i })
  return { state: STATES[most] ?? STATES[0], share: shares[most] ?? 0 }
}

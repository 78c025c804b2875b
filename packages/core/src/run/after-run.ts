/** What takes place once when the next run has ended. Whoever has nothing for it costs a bundle nothing. */
export const afterRun: { call: (() => void) | undefined } = { call: undefined }

export function runHasEnded(): void {
  const { call } = afterRun
  afterRun.call = undefined
  call?.()
}

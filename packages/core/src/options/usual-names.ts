/*
 * Names that other libraries (RxJS, p-retry, p-map, p-queue, Node streams, Pekko) have for options, in lower case, behind the
 * names of ours. The first name that the owner takes was meant: `size` is the `capacity` of a queue and the `maxCount` of a window.
 * The list comes with every bundle, so only the most usual names stand here.
 */
const USUAL = [
  ['concurrency threads rate', 'parallel parallelism maxconcurrency concurrency workers limit'],
  ['times onError', 'attempts retries maxretries maxattempts retry count'],
  ['delayMs', 'backoff mintimeout'],
  ['maxDelayMs', 'maxtimeout'],
  ['capacity maxCount maxGroups maxKeys', 'highwatermark size maxsize buffersize limit max'],
  ['overflow policy slowBranch', 'strategy policy'],
  ['compare', 'comparator'],
  ['timeoutMs deadlineMs withinMs', 'timeout timeoutms'],
  ['withinMs perMs rate', 'interval intervalms maxwaitms per'],
  ['rate limit', 'persecond ratelimit'],
  ['signal', 'abortsignal'],
  ['delimiter', 'separator'],
] as const

/**
 * The option that is called by another name elsewhere, if the owner takes it.
 *
 * @param option as it was given: `maxRetries`, or `rate.interval` of an option that is an object.
 * @param known the names that are taken here.
 */
export function usuallyCalled(option: string, known: readonly string[]): string | undefined {
  const dot = option.lastIndexOf('.') + 1
  const name = option.slice(dot).toLowerCase()
  for (const [here, elsewhere] of USUAL) {
    const meant = elsewhere.split(' ').includes(name) && here.split(' ').map((each) => option.slice(0, dot) + each).find((each) => known.includes(each))
    if (meant) return meant
  }
  return undefined
}

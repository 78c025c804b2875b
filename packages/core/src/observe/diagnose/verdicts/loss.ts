import type { Look } from '../evidence'
import { lostSince } from '../lost'
import { percent, rounded, short } from '../wording'

/** Values were dropped because there was no room for them: a problem, however fast the run is. */
export const loss: Look = ({ window }) => lostSince(window.now, window.before).map(({ stage, count, share, capacity }) => ({
  verdict: 'loss', severity: 'problem', stage, cause: 'overflow',
  message: `'${stage}' has dropped ${short(count)} values, ${percent(share)} of what came, because its queue was full`,
  advice: `make what is behind '${stage}' faster, give it more room, or use overflow: 'wait' where the producer can wait`,
  figures: { dropped: count, share: rounded(share), ...(capacity === null ? {} : { capacity }) },
  confidence: 1,
}))

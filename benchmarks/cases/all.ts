import type { Case } from '../case'
import { asyncGenerator } from './async-generator'
import { handOffs } from './hand-off'
import { mapAsyncAnyOrder, mapAsyncLater, mapAsyncOrdered } from './map-async'
import { batchFlatten, broadcastFour, broadcastSinks, mergeFour, tenMaps } from './more'
import { sharedQueues } from './shared-queue'
import { iterate, shortRuns } from './short'
import { streams } from './streams'
import { syncChain } from './sync-chain'
import { workers } from './workers'

export const cases: readonly Case[] = [syncChain, asyncGenerator, mapAsyncOrdered, mapAsyncAnyOrder, mapAsyncLater, ...handOffs, ...sharedQueues, batchFlatten, tenMaps, mergeFour, broadcastFour, broadcastSinks, iterate, shortRuns, ...streams, ...workers]

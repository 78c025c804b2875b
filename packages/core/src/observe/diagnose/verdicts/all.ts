import type { Look } from '../evidence'
import { branches } from './branches'
import { cpu } from './cpu'
import { crowds } from './crowds'
import { limits } from './limits'
import { loop } from './loop'
import { loss } from './loss'
import { memory } from './memory'
import { order } from './order'
import { outside } from './outside'
import { queues } from './queues'
import { retries } from './retries'
import { standstill } from './standstill'

/** Every family of verdicts. */
export const LOOKS: readonly Look[] = [standstill, loss, loop, cpu, outside, limits, retries, order, crowds, branches, queues, memory]

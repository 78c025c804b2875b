import { type OnError, type Operator, type Source } from '@sluice/core'
import { asyncOperator, declare, Port, siteAbove, tellAt, whole } from '@sluice/core/authoring'
import { assemble, type Branch } from './branch'
import type { Dealer } from './dealer'
import { Gathering } from './gathering'
import { Hub } from './hub'
import type { Lane } from './lane'
import type { LanePolicy, SlowBranchOptions } from './slow-branch'

const BRANCH = /* @__PURE__ */ declare('branch', () => ({ options: { capacity: whole(0).or(0) } }), ({ capacity }) => ({ holds: capacity }))
const GATHERED = /* @__PURE__ */ declare('branches', () => ({}), { order: 'changed' })

/** What a fan-out is made of. */
export interface FanOutPlan<A, K> {
  /** What the operator is declared as. */
  readonly declaration: { readonly owner: string }
  /** Its options, as they were read. */
  readonly given: { readonly name: string }
  readonly option: string
  /** Its branches, and how they are called: by index or by name. */
  readonly branches: readonly Branch<never>[]
  readonly labels: readonly K[]
  readonly policy: LanePolicy
  readonly options: SlowBranchOptions<A, K> & { readonly onError?: OnError<A> | undefined }
  readonly dealer: (hub: Hub<A>) => Dealer<A>
}

/**
 * Puts a fan-out together: a hub that reads, a port for each branch, and where the branches come together again.
 *
 * ```text
 *             ┌ ─ port[0] ─▶ … ──────────┐
 *   ─▶ hub ─ ─┼ ─ port[1] ─▶ … ─▶ sink   ├─▶ gathering ─▶
 *             └ ─ port[2] ─▶ … ──────────┘
 * ```
 */
export function fanOut<A, B, K extends string | number | boolean>(plan: FanOutPlan<A, K>): Operator<A, B> {
  const { given, declaration, option, branches, labels, policy, options } = plan
  const { name } = given
  const { owner } = declaration
  const { onDrop, onDisconnect, onError } = options
  const names = labels.map((label) => `${name}[${label}]`)
  const site = siteAbove(fanOut, 1)
  return (upstream) => {
    const ports: Port<never, Hub<A>>[] = []
    const outputs = branches.map((branch, index) => {
      const port = new Port<never, Hub<A>>(names[index] as string, (hub, stage) => (hub.lanes[index] as unknown as Lane<never>).open(stage))
      ports.push(port)
      return assemble(owner, `${option}[${labels[index]}]`, branch as Branch<never, B>, port.source)
    })
    // As it is described before it runs: the stage is one way in, a port for each branch, and one way out.
    const hubAbout = tellAt(site, {}, declaration, given, [upstream])
    for (const [index, port] of ports.entries()) tellAt(site, port.source, BRANCH, { name: names[index] as string, capacity: policy.capacity }, [hubAbout])
    const gather = asyncOperator<A, B>(`${name}.out`, (_upstream, stage) => {
      let hub: Hub<A> | undefined
      const reading: Source<never> = tellAt(site, asyncOperator<A, never>(name, (source, reader) => {
        hub = new Hub<A>(source, reader, {
          lanes: labels.length, policy, onError, dealer: plan.dealer,
          onDrop: onDrop && ((value, lane) => { onDrop(value, labels[lane] as K) }),
          onDisconnect: onDisconnect && ((lane) => { onDisconnect(labels[lane] as K) }),
        }, (lane) => { gathering.cut(lane) })
        for (const port of ports) port.attach(stage, reader, hub)
        return hub
      })(upstream), declaration, given, [upstream])
      const outlet = stage.open(reading, () => {})
      // A hub that could not be opened says why when it is pulled.
      if (hub === undefined) return { pull: () => outlet.pull([], 1) }
      const gathering = new Gathering<A, B>(stage, hub, outputs, names)
      return gathering
    })
    return tellAt(site, gather(upstream), GATHERED, { name: `${name}.out` }, outputs.map((output) => output.source ?? output.pipeline))
  }
}

import type { StreamInfo } from '@nats-io/jetstream'
import type { Link } from './link'
import { isNoMessage } from './stored'
import type { StoreNames } from './stores'

/** What is written when a queue is sealed: the last item that was in its stream, and which stream that was. */
interface Written {
  readonly last: number
  readonly created: string
}

/** Seals a queue as it is: an item that is stored later has a higher number, and so no put needs to break the seal. */
export async function seal({ manager, stream }: Link, { items, sealSubject }: StoreNames): Promise<void> {
  const { state, created } = await manager.streams.info(items)
  await stream.publish(sealSubject, JSON.stringify({ last: state.last_seq, created } satisfies Written))
}

/** Answers whether a queue is sealed, and what is known of its items: as it was before anything that is asked later. */
export async function readSeal({ manager }: Link, { items, facts, sealSubject }: StoreNames): Promise<{ readonly isSealed: boolean; readonly info: StreamInfo }> {
  const written = await manager.streams.getMessage(facts, { last_by_subj: sealSubject }).catch((error: unknown) => {
    if (isNoMessage(error)) return null
    throw error
  })
  const info = await manager.streams.info(items)
  if (written === null) return { isSealed: false, info }
  const { last, created } = written.json<Written>()
  return { isSealed: last === info.state.last_seq && created === info.created, info }
}

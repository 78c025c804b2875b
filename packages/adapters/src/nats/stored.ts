import type { JetStreamManager, MsgRequest, StoredMsg } from '@nats-io/jetstream'

const NO_MESSAGE = 10_037

/** True where the server says that there is no such message. */
export function isNoMessage(error: unknown): boolean {
  return (error as { readonly code?: unknown } | null)?.code === NO_MESSAGE
}

/** The first message of a stream from a number on: the server can do so, and the types of the client do not say it. */
export async function firstFrom(manager: JetStreamManager, stream: string, subject: string, seq: number): Promise<StoredMsg | undefined> {
  try {
    return (await manager.streams.getMessage(stream, { seq, next_by_subj: subject } as MsgRequest)) ?? undefined
  } catch (error) {
    if (isNoMessage(error)) return undefined
    throw error
  }
}

import type { Msg } from '@nats-io/transport-node'
import type { Link } from './link'

const NS_PER_MS = 1_000_000
/** How long the answer to a request that waits for nothing may take, and how much later than asked one that waits, in ms. */
const GRACE_MS = 2000
const NO_RESPONDERS = 503
/** Nothing there; the time is over. */
const ENDS: ReadonlySet<number> = new Set([404, 408])

/** What one request has brought. */
export interface Pulled {
  readonly messages: readonly Msg[]
  /** When it was sent, by `performance.now`: what came was given out later than that. */
  readonly sentAt: number
  /** True where the server did not do as it was asked: it is not there, or the consumer is not. */
  readonly isOdd: boolean
}

/** What one request is made of. */
export interface PullRequest {
  readonly inbox: string
  /** The subject at which the consumer is asked. */
  readonly subject: string
  readonly batch: number
  /** 0: only what is there. */
  readonly waitMs: number
}

/**
 * Asks a consumer once, and listens until it has sent all that it will: what the server gives out is heard, also where the wait is cut short.
 *
 * Each request has an address of its own. When nobody listens there any more the server gives nothing out to it.
 */
export function pull(link: Link, { inbox, subject, batch, waitMs }: PullRequest, signal?: AbortSignal): Promise<Pulled> {
  const { connection } = link
  return new Promise((resolve, reject) => {
    const messages: Msg[] = []
    let isEnding = false
    const sentAt = performance.now()
    const end = (isOver: boolean, isOdd = false): void => {
      if (isEnding) return
      isEnding = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', cut)
      forget()
      const done = (): void => { resolve({ messages, sentAt, isOdd }) }
      if (isOver) {
        if (!subscription.isClosed()) subscription.unsubscribe()
        done()
        // What is on its way comes before the answer to that.
      } else subscription.drain().then(done, done)
    }
    const cut = (): void => { end(false) }
    const subscription = connection.subscribe(inbox, {
      callback: (error, message) => {
        if (error !== null) {
          end(true, true)
          return
        }
        const code = message.headers?.code ?? 0
        if (code === 0) {
          messages.push(message)
          if (messages.length === batch) end(true)
        } else if (code >= 400) end(ENDS.has(code) || code === NO_RESPONDERS, !ENDS.has(code))
      },
    })
    const timer = setTimeout(() => { end(false, true) }, waitMs + GRACE_MS)
    const forget = link.onChange(() => { end(true, true) })
    signal?.addEventListener('abort', cut)
    try {
      connection.publish(subject, JSON.stringify(waitMs > 0 ? { batch, expires: Math.ceil(waitMs * NS_PER_MS) } : { batch, no_wait: true }), { reply: inbox })
    } catch (error) {
      end(true)
      reject(error)
    }
    if (signal?.aborted === true) cut()
  })
}

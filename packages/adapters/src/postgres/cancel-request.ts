import type { Clock } from '@sluice/core'
import type { OpenClient, PgConnection } from './database'

/** How long a cancel request may take, in ms. After that the connection it is about is given up. */
const CANCEL_MS = 5000

/**
 * Asks the server to cancel what a client is waiting for. A connection of its own carries the request, as the protocol
 * wants it, so a pool of one connection is enough, and one with none left.
 *
 * Resolves when the server has closed that connection: the request has been passed on by then, so it cannot hit a later
 * statement. False where it could not be sent.
 */
export function cancelRequest(client: OpenClient, clock: Clock): Promise<boolean> {
  const { connection, processID, secretKey, host = '', port = 5432 } = client
  if (!connection || typeof processID !== 'number' || typeof secretKey !== 'number') return Promise.resolve(false)
  return new Promise((resolve) => {
    const Connection = connection.constructor as new (options: object) => PgConnection
    const courier = new Connection({ ssl: connection.ssl, sslNegotiation: connection.sslNegotiation })
    let sent = false
    const stopClock = clock.after(CANCEL_MS, () => {
      sent = false
      courier.stream.destroy()
      finish()
    })
    const finish = (): void => {
      stopClock()
      resolve(sent)
    }
    const send = (): void => {
      courier.cancel(processID, secretKey)
      sent = true
    }
    // The server answers nothing and hangs up, some with a reset.
    courier.on('error', finish)
    courier.on('end', finish)
    courier.on('sslconnect', send)
    courier.on('connect', () => {
      if (!courier.ssl) send()
      else if (courier.sslNegotiation !== 'direct') courier.requestSsl()
    })
    if (host.startsWith('/')) courier.connect(`${host}/.s.PGSQL.${port}`)
    else courier.connect(port, host)
  })
}

import { Observable } from 'rxjs'

/** A hundred readings each turn of the event loop, for so many ms: a producer that waits for nobody. */
export function readings(forMs: number): Observable<number> {
  return new Observable<number>((subscriber) => {
    const until = performance.now() + forMs
    let n = 0
    const channel = new MessageChannel()
    channel.port1.onmessage = () => {
      for (let i = 0; i < 100; i++) subscriber.next(n++)
      if (performance.now() < until) channel.port2.postMessage(0)
      else subscriber.complete()
    }
    channel.port2.postMessage(0)
    return () => { channel.port1.close() }
  })
}

/** What the consumer does with a reading; it takes its time. */
export function draw(value: number): Promise<number> {
  return new Promise((resolve) => { setTimeout(() => { resolve(value) }, 2) })
}

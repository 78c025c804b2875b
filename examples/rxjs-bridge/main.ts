import { fromObservable, toObservable } from '@sluice/adapters/rxjs'
import { mapAsync } from 'sluice'
import { concatMap, tap, type Observable } from 'rxjs'
import { Chart } from './chart'
import { draw, readings } from './readings'

/** How long the producer goes on, in ms; the page's address may say `?ms=1000`. */
const FOR_MS = Number(new URLSearchParams(location.search).get('ms') ?? 4000)
const CAPACITY = 256

/** Values that came, were dealt with and were dropped on one side. */
class Side {
  made = 0
  done = 0
  dropped = 0
  readonly chart: Chart
  readonly #figures: HTMLElement

  constructor(id: string, colour: string) {
    const section = document.querySelector(`#${id}`)
    const canvas = section?.querySelector('canvas')
    const figures = section?.querySelector('dl')
    if (!canvas || !figures) throw new Error(`the page has no #${id}`)
    this.chart = new Chart(canvas, colour)
    this.#figures = figures
  }

  show(): void {
    const waiting = this.made - this.done - this.dropped
    this.chart.add(waiting)
    const rows: [string, number, string?][] = [['waiting in memory, at most', this.chart.most, 'most'], ['made', this.made], ['drawn', this.done], ['dropped, and counted', this.dropped]]
    this.#figures.innerHTML = rows.map(([name, value, kind = '']) => `<dt>${name}</dt><dd class="${kind}">${value.toLocaleString('en')}</dd>`).join('')
  }
}

const rx = new Side('rx', '#c2410c')
const sluice = new Side('sluice', '#0f766e')
const counted = (side: Side): Observable<number> => readings(FOR_MS).pipe(tap(() => { side.made++ }))

// RxJS alone: concatMap keeps every value that comes while it is at work.
const plain = counted(rx).pipe(concatMap(draw)).subscribe(() => { rx.done++ })

// The same readings into a pipeline, and its results back into RxJS.
const pipeline = fromObservable(counted(sluice), { capacity: CAPACITY, overflow: 'drop-oldest', onDrop: () => { sluice.dropped++ } })
  .pipe(mapAsync(draw, { concurrency: 1, capacity: 0 }))
toObservable(pipeline).subscribe(() => { sluice.done++ })

const startedAt = performance.now()
const look = setInterval(() => {
  rx.show()
  sluice.show()
  const top = Math.max(rx.chart.most, sluice.chart.most)
  rx.chart.paint(top)
  sluice.chart.paint(top)
  if (performance.now() - startedAt < FOR_MS + 200) return
  clearInterval(look)
  // It would go on for minutes with what it has kept.
  plain.unsubscribe()
  document.body.dataset['done'] = JSON.stringify({ rx: rx.chart.most, sluice: sluice.chart.most, capacity: CAPACITY, made: sluice.made, dropped: sluice.dropped, drawn: sluice.done })
}, 50)

/** How many values wait, over time, as a filled curve with its scale. */
export class Chart {
  readonly #context: CanvasRenderingContext2D
  readonly #points: number[] = []
  readonly #colour: string
  most = 0

  constructor(canvas: HTMLCanvasElement, colour: string) {
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('this browser has no 2D canvas')
    this.#context = context
    this.#colour = colour
  }

  /** One more look; `top` is the scale both sides share. */
  add(waiting: number): void {
    this.#points.push(waiting)
    this.most = Math.max(this.most, waiting)
  }

  paint(top: number): void {
    const { canvas } = this.#context
    const [width, height] = [canvas.width, canvas.height]
    const context = this.#context
    const x = (i: number): number => (i / Math.max(1, this.#points.length - 1)) * width
    const y = (waiting: number): number => height - 4 - (waiting / Math.max(1, top)) * (height - 44)
    context.clearRect(0, 0, width, height)
    context.beginPath()
    context.moveTo(0, height)
    this.#points.forEach((waiting, i) => { context.lineTo(x(i), y(waiting)) })
    context.lineTo(width, height)
    context.fillStyle = `${this.#colour}33`
    context.fill()
    context.beginPath()
    this.#points.forEach((waiting, i) => { context.lineTo(x(i), y(waiting)) })
    context.strokeStyle = this.#colour
    context.lineWidth = 5
    context.stroke()
    context.fillStyle = '#51606e'
    context.font = '24px system-ui'
    context.fillText(`scale: ${top.toLocaleString('en')} values`, 8, 26)
  }
}

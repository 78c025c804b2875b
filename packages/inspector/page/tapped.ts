import type { Connection } from './connection'

/** Values that are listed. */
const VALUES = 20

/** The values of one stage, looked at as they pass: from the opening of the list until it is closed. */
export class Tapped {
  readonly stage: string
  /** The latest last. */
  values: readonly string[] = []
  unseen = 0
  /** Why there is nothing to see, or no more. */
  says = ''
  /** The values stand still for whoever reads them; they pass on meanwhile. */
  isHeld = false
  readonly #gone = new AbortController()

  constructor(connection: Connection, run: number, stage: string, changed: () => void) {
    this.stage = stage
    connection.tap(run, stage, ({ values, unseen }) => {
      if (this.isHeld) { this.unseen += values.length + unseen; return }
      this.values = [...this.values, ...values].slice(-VALUES)
      this.unseen += unseen
      changed()
    }, this.#gone.signal).then((says) => { this.says = says; changed() }, (error: unknown) => {
      this.says = error instanceof Error ? error.message : String(error)
      if (!this.#gone.signal.aborted) changed()
    })
  }

  /** The stage is looked into no longer. */
  end(): void {
    this.#gone.abort()
  }
}

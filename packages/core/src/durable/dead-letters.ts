/** An item that has left a durable queue undone. */
export interface DeadItem {
  readonly id: string
  readonly body: Uint8Array
  /** How often it was tried. */
  readonly attempts: number
  readonly reason: string
  /** When it died, in ms since 1970. */
  readonly at: number
  readonly headers: Readonly<Record<string, string>>
}

/** The dead letters of a durable queue. They count against no bound, and stay until somebody looks after them. */
export interface DeadItems {
  /**
   * The oldest first.
   *
   * @param most at most so many. Default 100.
   * @param after begins behind the item with this id.
   */
  list(most?: number, after?: string): Promise<readonly DeadItem[]>
  /**
   * Puts them back at the end of the queue, as never tried; the bound of the queue does not hold them back.
   *
   * @param ids default: all of them.
   * @returns how many there were.
   */
  redrive(ids?: readonly string[]): Promise<number>
  /**
   * Deletes them for good.
   *
   * @param ids default: all of them.
   * @returns how many there were.
   */
  purge(ids?: readonly string[]): Promise<number>
}

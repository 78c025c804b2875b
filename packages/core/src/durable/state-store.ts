/** What a {@link StateStore} has under a key. */
export interface StoredState {
  readonly value: Uint8Array
  /** Another one after each write of the key. */
  readonly revision: number
}

/** One change of a {@link StateStore}. */
export interface StateChange {
  readonly key: string
  /** Absent: the key is deleted. */
  readonly value?: Uint8Array | undefined
  /** For how long it is kept, in ms. Default: for good. */
  readonly ttlMs?: number | undefined
  /** Only where the key has this revision; 0: only where there is no such key. */
  readonly onlyIf?: number | undefined
}

/**
 * Small state that outlives the process: positions, checkpoints, results that are remembered. What its verbs reject with fails whoever asked.
 */
export interface StateStore {
  /** Undefined where there is nothing, or its time is over. */
  read(key: string): Promise<StoredState | undefined>
  /** Makes all changes, or none: false where a revision was another one. */
  write(changes: readonly StateChange[]): Promise<boolean>
}

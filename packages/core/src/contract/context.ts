import type { Run } from './run'

/** Does `work`, at once and once, in the context that was captured, and leaves that context again. What `work` throws, it throws. */
export type Within = (work: () => void) => void

/** What captures contexts for {@link carryContext}. */
export interface ContextCarrier {
  /**
   * Captures the context of whoever begins a run; undefined where there is nothing to carry. The run's functions are called in it.
   *
   * @param run the run that begins; undefined where a loop over a source (`for await`) does.
   */
  readonly ofRun: (run: Run<unknown> | undefined) => Within | undefined
  /**
   * Captures the context of whoever puts a value into a queue or topic that was made since, or pushes one into a run that was opened since; undefined where there is nothing to carry. Functions
   * that are called with that value are called in it, in place of that of their run. Default: values carry nothing.
   */
  readonly ofValue?: (() => Within | undefined) | undefined
  /**
   * The active context as texts, for a message to another thread; undefined where there is nothing to tell. Called for each item that `mapWorkers` sends, in
   * the context of that item. Default: nothing is sent. What is kept in an `AsyncLocalStorage` stays behind, as its values are objects of this thread.
   */
  readonly inject?: (() => Readonly<Record<string, string>> | undefined) | undefined
  /**
   * True where what is captured replaces the context as a whole, as `AsyncLocalStorage.snapshot()` does: it then stands outside that of
   * carriers which only add to the context. Default false.
   */
  readonly isWhole?: boolean | undefined
}

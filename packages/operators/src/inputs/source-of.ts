import { from, OptionError, type Pullable, type Source } from '@sluice/core'

/** What `from` makes of an input, when the pipeline is built. What is none is told by the name of the operator. */
export function sourceOf<T>(owner: string, option: string, input: Pullable<T>): Source<T> {
  try {
    return from(input)
  } catch {
    throw new OptionError(owner, option, input, 'an iterable, async iterable, promise, queue, subscription or source')
  }
}

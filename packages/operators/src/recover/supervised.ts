import { from, OptionError, type OnError, type Operator, type Source, type StageOptions } from '@sluice/core'
import { asyncOperator, callable, checkOnError } from '@sluice/core/authoring'
import { InnerMerge } from '../inputs/inner-merge'

/** An operator whose every item is supervised as a whole: each goes through `operator` in a pipeline of its own. */
export function supervised<A, B>(owner: string, name: string, operator: Operator<A, B>, onError: OnError<A>): Operator<A, B> {
  callable(owner, 'operator', operator)
  if ((onError as unknown) === undefined) {
    throw new OptionError(owner, 'onError', onError, "'skip', 'restart', 'nack', retry(...), deadLetter(...) or a function")
  }
  checkOnError(owner, onError)
  return eachThrough(name, (item: A) => from([item]).pipe(operator), { onError })
}

/** Each item goes through a pipeline of its own, `concurrency` of them at once. */
export function eachThrough<A, B>(name: string, pipelineOf: (item: A) => Source<B>, options: StageOptions<A>, concurrency = 1): Operator<A, B> {
  return asyncOperator<A, B>(options.name ?? name, (upstream, stage) => new InnerMerge(upstream, stage, pipelineOf, options, concurrency))
}

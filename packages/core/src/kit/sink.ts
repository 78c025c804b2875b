import type { Intake, Sink } from '../contract/sink'
import type { Stage } from '../contract/stage'

/**
 * Makes a sink of an idea: what a write does, and what the result is.
 *
 * @param name shown in failures, stats and the graph.
 * @param open called once per run; what it answers takes the values. See {@link Intake}.
 *
 * @example
 * ```ts
 * const join = (separator: string) =>
 *   sink<string, string>('join', () => {
 *     let text = ''
 *     return {
 *       write(values, count) {
 *         for (let i = 0; i < count; i++) text += (text === '' ? '' : separator) + values[i]
 *       },
 *       end: () => text,
 *     }
 *   })
 * await from(['a', 'b']).to(join('-')).run() // 'a-b'
 * ```
 */
export function sink<T, R>(name: string, open: (stage: Stage) => Intake<T, R>): Sink<T, R> {
  return { name, open: (_scope, stage) => open(stage) }
}

import { sink, type Sink } from '@sluice/core'

/** Emits each value, then the end. */
export const emitting = (emit: (name: string, value?: unknown) => void): Sink<unknown, void> => sink('emitting', () => ({
  write(values, size) { for (let i = 0; i < size; i++) emit('value', values[i]) },
  end() { emit('end') },
}))

import { type Sink } from '@sluice/core'
import { sink } from '@sluice/core/authoring'

/** Emits each value, then the end. */
export const emitting = (emit: (name: string, value?: unknown) => void): Sink<unknown, void> => sink('emitting', () => ({
  write(values, size) { for (let i = 0; i < size; i++) emit('value', values[i]) },
  end() { emit('end') },
}))

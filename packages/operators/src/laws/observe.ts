import type { CompositionEntry } from '@sluice/testing'
import { countValues, inspectEdge, label, log, measure, tap, tapEnd, tapError } from '../index'
import { passing } from './entry'

export const observe: readonly CompositionEntry[] = [
  passing('tap', 'tap(() => {})', () => tap(() => {})),
  passing('tapEnd', 'tapEnd(() => {})', () => tapEnd(() => {})),
  passing('tapError', 'tapError(() => {})', () => tapError(() => {})),
  passing('countValues', 'countValues(() => {})', () => countValues(() => {})),
  passing('inspectEdge', 'inspectEdge(() => {})', () => inspectEdge(() => {})),
  passing('label', "label('here')", () => label('here')),
  passing('log', "log('law', { logger: () => {} })", () => log('law', { logger: () => {} })),
  passing('measure', 'measure(() => {})', () => measure(() => {})),
]

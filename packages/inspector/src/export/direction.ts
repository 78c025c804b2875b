import { declare, words } from '@sluice/core/authoring'

/** Options of `toMermaid` and `toDot`. */
export interface DrawOptions {
  /** Where values go to: `'right'` or `'down'`. Default `'right'`. */
  readonly direction?: 'right' | 'down' | undefined
}

const TO_MERMAID = /* @__PURE__ */ declare('toMermaid', () => ({ options: { direction: words('right', 'down').or('right') } }))
const TO_DOT = /* @__PURE__ */ declare('toDot', () => ({ options: { direction: words('right', 'down').or('right') } }))

/** The direction as both languages write it. */
export function directionOf(of: 'toMermaid' | 'toDot', options: DrawOptions | undefined): 'LR' | 'TB' {
  return (of === 'toDot' ? TO_DOT : TO_MERMAID).read(options).direction === 'right' ? 'LR' : 'TB'
}

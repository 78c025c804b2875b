export const FORMATS = ['mermaid', 'svg', 'dot', 'json'] as const

export type Format = (typeof FORMATS)[number]

/** What a process that looks at a file is asked. */
export interface LookJob {
  readonly what: 'graph' | 'explain'
  readonly format: Format
  /** The export that is meant; undefined for all. */
  readonly name: string | undefined
  readonly file: string
}

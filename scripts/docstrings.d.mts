export interface Docstring {
  readonly name: string
  readonly file: string
  readonly kind: 'function' | 'class'
  readonly summary: string
  readonly notes: readonly string[]
  readonly bullets: readonly { readonly head: string; readonly text: string }[]
  readonly picture: string | undefined
  readonly params: readonly { readonly name: string; readonly text: string }[]
  readonly examples: readonly string[]
}

export function readDocstrings(folder: string): Docstring[]

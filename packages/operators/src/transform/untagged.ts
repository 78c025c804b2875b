import type { Named, NameTag } from '@sluice/core'
import { isNameTag } from '@sluice/core/authoring'

/** Tells values from the name after them. */
export function untagged<B>(args: readonly (B | NameTag)[]): { readonly values: readonly B[]; readonly options: Named | undefined } {
  const last = args.at(-1)
  return isNameTag(last) ? { values: args.slice(0, -1) as readonly B[], options: last } : { values: args as readonly B[], options: undefined }
}

import { declare } from '../../options/declare'
import { rule } from '../../options/rules'
import { VERDICTS, type Verdict } from './diagnosis'

/** Options of {@link diagnose}. */
export interface DiagnoseOptions {
  /** What is as it should be in this run: findings that are left out. */
  readonly allow?: readonly Verdict[] | undefined
}

const ids: ReadonlySet<unknown> = /* @__PURE__ */ new Set(VERDICTS)

export const DIAGNOSE = /* @__PURE__ */ declare('diagnose', () => ({
  options: { allow: rule<readonly Verdict[]>(`an array of verdicts: ${VERDICTS.join(', ')}`, (value) => Array.isArray(value) && value.every((id) => ids.has(id))).maybe() },
}))

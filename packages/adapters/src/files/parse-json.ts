/** A key `__proto__`, in any way JSON can spell it. Looking for it first costs a tenth of a parse with a reviver. */
const PROTO = /"(?:_|\\u005[fF]){2}(?:p|\\u0070)(?:r|\\u0072)(?:o|\\u006[fF])(?:t|\\u0074)(?:o|\\u006[fF])(?:_|\\u005[fF]){2}"\s*:/

/**
 * As `JSON.parse`, but leaves `__proto__` keys out: copied to another object, as `Object.assign` does, one would change
 * that object's prototype.
 */
export function parseJson(text: string): unknown {
  if (!PROTO.test(text)) return JSON.parse(text)
  return JSON.parse(text, (key, value: unknown) => (key === '__proto__' ? undefined : value))
}

/** What stands at the end of a path: a plain JSON value, compared by its text where it is an object. */
export type Leaf = unknown

/** Leaves by their paths. Without a prototype: names come from programs, and recordings from anywhere. */
export type Flat = Record<string, Leaf>

/** The objects of the statistics whose fields are sent one by one; other objects are sent whole. */
const NESTED = new Set(['time', 'rates', 'calls', 'queue', 'serviceMs', 'totals', 'process'])

/**
 * The leaves of `value`. Fractions are rounded to two digits: nobody sees more of them, and each digit is a byte ten times a second.
 */
export function flatten(value: object, prefix = '', into: Flat = Object.create(null) as Flat): Flat {
  for (const [key, inner] of Object.entries(value)) {
    const path = prefix + key
    if (typeof inner === 'object' && inner !== null && NESTED.has(key)) flatten(inner as object, `${path}.`, into)
    else into[path] = typeof inner === 'number' && !Number.isInteger(inner) ? Math.round(inner * 100) / 100 : (inner as Leaf)
  }
  return into
}

/** True where two leaves are the same. */
export function isSame(a: Leaf, b: Leaf): boolean {
  if (a === b) return true
  return typeof a === 'object' && typeof b === 'object' && a !== null && b !== null && JSON.stringify(a) === JSON.stringify(b)
}

/** Sets the leaf at a path, and makes the objects on the way where they are not there. */
export function setLeaf(target: Record<string, unknown>, path: string, leaf: Leaf): void {
  const keys = path.split('.')
  const last = keys.pop() as string
  let place = target
  for (const key of keys) {
    if (!NESTED.has(key)) return
    const inner = Object.hasOwn(place, key) ? place[key] : undefined
    place = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : (place[key] = {})
  }
  if (last !== '__proto__') place[last] = leaf
}

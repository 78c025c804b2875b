/** A frame of a stack: in which file, and `file:line:column`. */
interface Frame {
  readonly file: string
  readonly place: string
}

/** `at f (file:1:2)`, `at file:1:2`, as V8 writes them. */
const V8 = /^\s*at (?!.*eval at )(?:[^/\\]*? \()?(?:async )?(.+?):(\d+):(\d+)\)?$/
/** `f@file:1:2`, as Firefox and Safari do. */
const GECKO = /^[^@]*@(.+?):(\d+):(\d+)$/
/** What is installed, whoever has installed it: a folder of `node_modules`, of pnpm, of a CDN, a file that Vite has made of a package. */
const INSTALLED = /[\\/]@sluice[\\/+_]/
/** A checkout of this repository. */
const CHECKOUT = /^(.*[\\/]packages[\\/])core[\\/](?:src|dist)[\\/]/
/** What of a checkout is the library: its tests are users of it. */
const LIBRARY = /^[\w-]+[\\/](?:src|dist)[\\/](?!.*\.test(?:-d)?\.)/

/**
 * Where the code stands that called Sluice, as `file:line:column`; null where the stack does not tell.
 *
 * Frames of Sluice are told by their files. Where a bundler has put the library and the program into one file, a file tells nothing: then
 * the frame after the first `called` ones counts, which are the function of Sluice that was called.
 *
 * @param ownFile a file of this package.
 */
export function placeIn(stack: unknown, ownFile: string, called: number): string | null {
  const frames = framesOf(stack)
  if (!isPackage(ownFile)) return frames[called]?.place ?? null
  const isOurs = isOursFor(ownFile)
  return frames.find(({ file }) => !isOurs(file))?.place ?? null
}

/** In which file a stack begins; empty where the stack does not tell. */
export function beginningOf(stack: unknown): string {
  return framesOf(stack)[0]?.file ?? ''
}

function isPackage(file: string): boolean {
  return INSTALLED.test(file) || CHECKOUT.test(file) || file.includes('/node_modules/')
}

function isOursFor(ownFile: string): (file: string) => boolean {
  const checkout = CHECKOUT.exec(ownFile)?.[1]
  // Vite puts what several packages share into a file that bears the name of none.
  const folder = ownFile.includes('/node_modules/') ? ownFile.slice(0, ownFile.lastIndexOf('/') + 1) : undefined
  return (file) =>
    INSTALLED.test(file) || (folder !== undefined && file.startsWith(folder)) ||
    (checkout !== undefined && file.startsWith(checkout) && LIBRARY.test(file.slice(checkout.length)))
}

/** The frames of code in files; none of a stack that a program formats in a way of its own. */
function framesOf(stack: unknown): Frame[] {
  if (typeof stack !== 'string') return []
  return stack.split('\n').flatMap((line) => {
    const [, written, at, column] = V8.exec(line) ?? GECKO.exec(line) ?? []
    if (written === undefined || /^(?:node:|native|<)/.test(written)) return []
    const file = pathOf(written)
    return [{ file, place: `${file}:${at}:${column}` }]
  })
}

/** A path in place of a `file:` address, and an address without its query, which says nothing of the place. */
function pathOf(written: string): string {
  const address = written.replace(/[?#].*$/, '')
  if (!address.startsWith('file://')) return address
  try {
    return decodeURIComponent(address.slice(7)).replace(/^\/(?=[A-Za-z]:\/)/, '')
  } catch {
    return address
  }
}

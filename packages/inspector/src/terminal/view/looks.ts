/** In which order stages stand: as values flow, or the first in that matter. */
export type Sorting = 'flow' | 'busy' | 'rate' | 'queue'

/** What stands below the stages. */
export type Panel = 'none' | 'stage' | 'failures' | 'what-if' | 'keys'

/** What the user has chosen to see. */
export interface Looks {
  /** The place of the run that is shown, among all of them; null for the latest. */
  readonly run: number | null
  /** The place of the stage that is picked, among those shown. */
  readonly picked: number
  readonly sorting: Sorting
  readonly panel: Panel
  /** Only stages whose name contains it are shown. */
  readonly find: string
  readonly isTyping: boolean
  readonly isFrozen: boolean
}

export const FIRST_LOOKS: Looks = { run: null, picked: 0, sorting: 'flow', panel: 'none', find: '', isTyping: false, isFrozen: false }

/** A key, as `node:readline` tells it. */
export interface Key {
  readonly name?: string | undefined
  readonly sequence?: string | undefined
  readonly ctrl?: boolean | undefined
}

/** What a key asks for besides another look. */
export type Wish = 'quit' | 'pause' | 'more' | 'fewer'

const SORTINGS: readonly Sorting[] = ['flow', 'busy', 'rate', 'queue']

/**
 * What a key makes of the looks.
 *
 * @param rows how many stages are shown.
 * @param runs how many runs there are.
 */
export function afterKey(looks: Looks, key: Key, rows: number, runs: number): { readonly looks: Looks; readonly wish?: Wish } {
  if (looks.isTyping) return { looks: afterTyping(looks, key) }
  const panel = PANELS.get(key.sequence ?? '')
  if (panel) return { looks: { ...looks, panel: looks.panel === panel ? 'none' : panel } }
  // Its figures are shown, for whoever changes them wants to see that.
  if (key.sequence === '+' || key.sequence === '-') return { looks: { ...looks, panel: 'stage' }, wish: key.sequence === '+' ? 'more' : 'fewer' }
  switch (key.name) {
    case 'up': return { looks: { ...looks, picked: Math.max(0, Math.min(looks.picked, rows - 1) - 1) } }
    case 'down': return { looks: { ...looks, picked: Math.max(0, Math.min(rows - 1, looks.picked + 1)) } }
    case 'return': return { looks: { ...looks, panel: looks.panel === 'stage' ? 'none' : 'stage' } }
    case 'escape': return { looks: looks.panel === 'none' ? { ...looks, find: '' } : { ...looks, panel: 'none' } }
    case 's': return { looks: { ...looks, sorting: SORTINGS[(SORTINGS.indexOf(looks.sorting) + 1) % SORTINGS.length] as Sorting } }
    case 'space': return { looks: { ...looks, isFrozen: !looks.isFrozen } }
    case 'tab': return { looks: runs === 0 ? looks : { ...looks, run: ((looks.run ?? runs - 1) + 1) % runs, picked: 0 } }
    case 'p': return { looks, wish: 'pause' }
    case 'q': return { looks, wish: 'quit' }
    default: return key.sequence === '/' ? { looks: { ...looks, isTyping: true, find: '' } } : { looks }
  }
}

const PANELS = new Map<string, Panel>([['f', 'failures'], ['w', 'what-if'], ['?', 'keys']])

/** The keys, for whoever asks. */
export const KEYS: readonly (readonly [key: string, does: string])[] = [
  ['↑ ↓', 'pick a stage'], ['Enter', 'its figures'], ['s', 'sort: flow, busy, rate, queue'], ['/', 'find a stage'], ['space', 'freeze the picture'], ['p', 'pause, resume the run'],
  ['+ -', 'more, fewer calls of the picked stage at once, or a higher, lower rate'],
  ['w', 'what would be next'], ['f', 'failures'], ['Tab', 'next run'], ['Esc', 'back'], ['q', 'leave the picture, not the program'],
]

/** How long a word may be that is looked for. */
const LONGEST_FIND = 40

function afterTyping(looks: Looks, { name, sequence = '', ctrl }: Key): Looks {
  if (name === 'return') return { ...looks, isTyping: false }
  if (name === 'escape') return { ...looks, isTyping: false, find: '' }
  if (name === 'backspace') return { ...looks, find: looks.find.replace(/.$/su, '') }
  const isLetter = ctrl !== true && /^[^\p{Cc}]$/u.test(sequence)
  return isLetter && looks.find.length < LONGEST_FIND ? { ...looks, find: looks.find + sequence, picked: 0 } : looks
}

/** What keys do. */
export interface KeyActions {
  readonly culprit: () => void
  readonly table: () => void
  readonly fit: () => void
  readonly pause: () => void
  readonly help: () => void
  readonly find: () => void
  readonly close: () => void
}

/** Listens for single keys, where nobody is typing. */
export function keysOf(actions: KeyActions): void {
  const does: Readonly<Record<string, () => void>> = { b: actions.culprit, t: actions.table, f: actions.fit, p: actions.pause, '?': actions.help, '/': actions.find, Escape: actions.close }
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return
    if (event.target instanceof HTMLInputElement) {
      if (event.key === 'Escape') event.target.blur()
      return
    }
    const action = Object.hasOwn(does, event.key) ? does[event.key] : undefined
    if (action === undefined) return
    event.preventDefault()
    action()
  })
}

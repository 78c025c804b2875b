/** One generated test. Register it with any runner: `it(name, run)`. */
export interface LawCase {
  /** The number in docs/laws.md. */
  readonly law: string
  /** The number, what is checked, and on what. */
  readonly name: string
  readonly run: () => Promise<void>
}

/** The live page and its Content-Security-Policy. */
export function buildPage(): Promise<{ readonly page: string; readonly policy: string }>
/** The source of a module that exports both. */
export function pageModule(): Promise<string>

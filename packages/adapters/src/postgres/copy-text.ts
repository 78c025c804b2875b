const SPECIAL = /[\\\n\r\t]/
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A row in the text format of COPY: fields between tabs, `\N` for null, a line end behind. */
export function copyLine(fields: readonly (string | null)[]): string {
  let line = ''
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i] as string | null
    if (i > 0) line += '\t'
    // Most fields have nothing to escape, and a look costs less than a replacement.
    line += field === null ? '\\N' : SPECIAL.test(field) ? field.replace(/[\\\n\r\t]/g, (char) => ESCAPES[char] as string) : field
  }
  return `${line}\n`
}

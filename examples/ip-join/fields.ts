/**
 * The fields of a line of CSV (RFC 4180); undefined where its quotes are wrong. A line is a record here, so a quote that is
 * never closed costs one line, and not the rest of the file.
 */
export function csvFields(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',')
  const fields: string[] = []
  for (let at = 0; ; at++) {
    if (line[at] !== '"') {
      const end = line.indexOf(',', at)
      const field = end < 0 ? line.slice(at) : line.slice(at, end)
      if (field.includes('"')) return undefined
      fields.push(field)
      if (end < 0) return fields
      at = end
      continue
    }
    let field = ''
    for (;;) {
      const end = line.indexOf('"', at + 1)
      if (end < 0) return undefined
      field += line.slice(at + 1, end)
      at = end + 1
      if (line[at] !== '"') break
      // Two of them are one.
      field += '"'
    }
    fields.push(field)
    if (at === line.length) return fields
    if (line[at] !== ',') return undefined
  }
}

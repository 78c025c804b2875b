/**
 * Where a `Link` header (RFC 8288) leads for a relation: `<https://a/?page=2>; rel="next"`. Relative addresses are left as
 * they are.
 */
export function linkTo(header: string | null, relation: string): string | undefined {
  // The address may have commas and semicolons in it, and so may quoted parameters.
  const link = /<([^>]*)>((?:\s*;\s*[^\s=;,"]+\s*(?:=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)/g
  for (const [, address, parameters = ''] of (header ?? '').matchAll(link)) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))/i.exec(parameters)
    const relations = (rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/)
    if (relations.includes(relation)) return address
  }
  return undefined
}

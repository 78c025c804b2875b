const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** A text as it stands in XML, between tags or in quotes. */
export function xmlText(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? '')
}

/** An element; its children are XML already. */
export function element(tag: string, attributes: Readonly<Record<string, string | number>>, ...children: readonly string[]): string {
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${xmlText(typeof value === 'number' ? String(Math.round(value * 100) / 100) : value)}"`).join('')
  return children.length === 0 ? `<${tag}${written}/>` : `<${tag}${written}>${children.join('')}</${tag}>`
}

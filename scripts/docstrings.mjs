// Reads the docstrings of exported functions: what they say, in parts. Used by the catalogue and by the tests that run
// the examples.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** Every exported function and class under `folder`, with its docstring cut into parts. */
export function readDocstrings(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(file))
    .sort()
  return files.flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8')
    const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
    const found = new Map()
    for (const statement of tree.statements) {
      const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      if (!isExported || !(ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) || !statement.name) continue
      const comment = ts.getLeadingCommentRanges(text, statement.getFullStart())?.map(({ pos, end }) => text.slice(pos, end)).findLast((part) => part.startsWith('/**'))
      const name = statement.name.text
      if (comment && !found.has(name)) found.set(name, { name, file, kind: ts.isClassDeclaration(statement) ? 'class' : 'function', ...parts(plain(comment)) })
    }
    return [...found.values()]
  })
}

/** A comment without its stars. */
function plain(comment) {
  return comment.replace(/^\/\*\*[ \t]*\n?/, '').replace(/\s*\*\/$/, '').split('\n').map((line) => line.replace(/^\s*\* ?/, '')).join('\n').trim()
}

/** The text before the tags, its bullets and picture, and the tags. */
function parts(text) {
  const [body = '', ...tags] = text.split(/\n(?=@)/)
  const picture = /```marble\n([\s\S]*?)```/.exec(body)?.[1]?.trimEnd()
  const bullets = [...body.matchAll(/^- \*\*([^*]+)\*\*[:]?\s*((?:.|\n(?!- |\n))*)/gm)].map(([, head, rest]) => ({ head, text: rest.replace(/\s*\n\s*/g, ' ').trim() }))
  const prose = body.replace(/```marble\n[\s\S]*?```/g, '').split(/\n\s*\n/).filter((paragraph) => !paragraph.startsWith('- **') && paragraph.trim() !== '')
  const examples = tags.filter((tag) => tag.startsWith('@example')).map((tag) => /```ts\n([\s\S]*?)```/.exec(tag)?.[1] ?? '')
  const params = tags.filter((tag) => tag.startsWith('@param')).map((tag) => {
    const [, name, rest] = /^@param (\S+)\s+([\s\S]*)/.exec(tag) ?? [undefined, '', '']
    return { name, text: rest.replace(/\s*\n\s*/g, ' ') }
  })
  return { summary: (prose[0] ?? '').replace(/\s*\n\s*/g, ' '), notes: prose.slice(1).map((note) => note.replace(/\s*\n\s*/g, ' ')), bullets, picture, params, examples }
}


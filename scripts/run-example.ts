import ts from 'typescript'

/** What an example claims: the number of values that were compared. */
export type Compare = (actual: unknown, expected: unknown, line: string) => void

/**
 * Runs the code of a docstring's example and compares each value it tells in a comment with what came out.
 *
 * @param code TypeScript; the names in `scope` are there without an import.
 * @param scope what the example may use.
 * @param compare called for each told value.
 * @param modules what it may import from.
 */
export async function runExample(
  code: string,
  scope: Readonly<Record<string, unknown>>,
  compare: Compare,
  modules: Readonly<Record<string, object>> = {},
): Promise<number> {
  let told = 0
  let text = ''
  const tree = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true)
  for (const statement of tree.statements) {
    if (ts.isImportDeclaration(statement)) {
      text += asDestructuring(statement)
      continue
    }
    const source = statement.getFullText()
    const value = /^[ \t]*\/\/ (.+)/.exec(code.slice(statement.end))?.[1]
    if (!ts.isExpressionStatement(statement) || value === undefined || !isExpression(value)) {
      text += source
      continue
    }
    told++
    const expression = ts.isAwaitExpression(statement.expression) ? statement.expression.expression : statement.expression
    text += `\nawait __tell(${expression.getText()}, () => (${value}), ${JSON.stringify(statement.getText())})\n`
  }
  const { outputText } = ts.transpileModule(`{\n${text}\n}`, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } })
  const tell = async (actual: unknown, expected: () => unknown, line: string): Promise<void> => {
    compare(await actual, expected(), line)
  }
  // Examples are our own docstrings: nothing that comes from outside is ever evaluated.
  const AsyncFunction = (async () => {}).constructor as new (...parts: string[]) => (...values: unknown[]) => Promise<void>
  await new AsyncFunction('__tell', '__modules', ...Object.keys(scope), outputText)(tell, modules, ...Object.values(scope))
  return told
}

function isExpression(text: string): boolean {
  const { diagnostics = [] } = ts.transpileModule(`void (${text})`, { reportDiagnostics: true })
  return diagnostics.length === 0 && !/^[a-z]+ [a-z]/i.test(text)
}

/** `import { a, b as c } from 'm'` as a declaration of those names. */
function asDestructuring(statement: ts.ImportDeclaration): string {
  const names = statement.importClause?.namedBindings
  if (names === undefined || !ts.isNamedImports(names)) throw new Error(`an example can import by name only: ${statement.getText()}`)
  const parts = names.elements.filter(({ isTypeOnly }) => !isTypeOnly).map(({ name, propertyName }) => (propertyName ? `${propertyName.text}: ${name.text}` : name.text))
  return `\nconst { ${parts.join(', ')} } = __modules[${statement.moduleSpecifier.getText()}]\n`
}

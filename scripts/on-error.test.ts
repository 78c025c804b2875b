import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/*
 * Everything that calls a function of the user's for an item takes `onError`. Found by the types: all exported functions
 * that answer an operator, a source or a sink, and have a function among their arguments or options.
 */

const root = fileURLToPath(new URL('../', import.meta.url))
const doors = ['core', 'operators', ...['events', 'files', 'http', 'node-streams', 'parquet', 'postgres', 'rxjs', 'sqlite', 'web-streams', 'workers'].map((door) => `adapters/src/${door}`)]
  .map((door) => `${root}packages/${door.includes('/') ? door : `${door}/src`}/index.ts`)

/** Those that take a function and no `onError`, and why. */
const EXCEPT: Readonly<Record<string, string>> = {
  defer: 'makes a source before there is an item: retrySource makes it again',
  using: 'acquires, uses and releases one thing, before and after all items',
  fromProducer: 'one call for the whole source',
  fromCallback: 'registers once, before there is an item',
  catchError: 'is called with the failure of the source, of which it makes another one',
  throwIfEmpty: 'makes the error that the run is to fail with',
  tapEnd: 'is called with the end, which can be neither left out nor tried again',
  tapError: 'is called with a failure, which goes on whatever it does',
  retrySource: 'says itself what becomes of a failure: of the source',
  retryItem: 'says itself what becomes of a failure: of an item',
  fromNode: 'makes a stream before there is an item',
  throughNode: 'makes a stream before there is an item',
  toNodeWritable: 'makes a stream before there is an item',
  throughTransform: 'makes a stream before there is an item',
}
/** Those that should take it and do not yet. The list may only become shorter. */
const OPEN: readonly string[] = []
/** Functions that are told of something and decide nothing, make what is needed before the first item, or send requests. */
const TOLD = /^on[A-Z]|^(?:fetch|logger|headers|getReader)$/

const program = ts.createProgram(doors, ts.parseJsonConfigFileContent(ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path)).config, ts.sys, root).options)
const checker = program.getTypeChecker()

const parts = (type: ts.Type): readonly ts.Type[] => (type.isUnion() ? type.types.flatMap(parts) : [type])
/** What is no object, such as a number, has no symbol, whatever the types of TypeScript say. */
const nameOf = (type: ts.Type): string => ([type.aliasSymbol, type.symbol] as (ts.Symbol | undefined)[]).find((symbol) => symbol !== undefined)?.name ?? ''
const answers = (signature: ts.Signature): string => nameOf(signature.getReturnType())
/** A function that is called with items: no operator, branch or pipeline, which are opened. */
const isCalled = (type: ts.Type): boolean =>
  parts(type).some((part) => part.getCallSignatures().some((signature) => !/^(?:Operator|Source|Sink|Pipeline|Branch|OperatorFunction)$/.test(answers(signature))
    && !/^(?:Operator|Branch|OperatorFunction)$/.test(nameOf(part))))
const constraint = (type: ts.Type): ts.Type => checker.getBaseConstraintOfType(type) ?? type

interface Stage {
  readonly name: string
  readonly functions: readonly string[]
  readonly takesOnError: boolean
}

function stagesOf(door: string): Stage[] {
  const module = checker.getSymbolAtLocation(program.getSourceFile(door) as ts.SourceFile) as ts.Symbol
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    if (!(symbol.flags & ts.SymbolFlags.Function) || !/^[a-z]/.test(symbol.name)) return []
    const at = symbol.declarations?.[0] as ts.Declaration
    const signatures = checker.getTypeOfSymbolAtLocation(symbol, at).getCallSignatures().filter((signature) => /^(?:Operator|Source|Sink)$/.test(answers(signature)))
    if (signatures.length === 0) return []
    const functions = new Set<string>()
    let takesOnError = false
    for (const parameter of signatures.flatMap((signature) => signature.getParameters())) {
      const type = constraint(checker.getTypeOfSymbolAtLocation(parameter, at))
      if (isCalled(type)) functions.add(parameter.name)
      // Options are objects of ours; of queues, sources and platforms the methods are no functions of the user's.
      if (!/options|limits/i.test(parameter.name)) continue
      if (parameter.name === 'onError') takesOnError = true
      for (const part of parts(type)) {
        for (const property of part.getProperties()) {
          if (property.name === 'onError') takesOnError = true
          else if (!TOLD.test(property.name) && isCalled(constraint(checker.getTypeOfSymbolAtLocation(property, at)))) functions.add(property.name)
        }
      }
    }
    if (signatures.some((signature) => signature.getParameters().some(({ name }) => name === 'onError'))) takesOnError = true
    return [{ name: exported.name, functions: [...functions], takesOnError }]
  })
}

const stages = doors.flatMap(stagesOf)

describe('onError', () => {
  it('R30: the stages are found, with their functions', () => {
    expect(stages.length).toBeGreaterThan(130)
    expect(stages.find(({ name }) => name === 'map')).toEqual({ name: 'map', functions: ['project'], takesOnError: true })
    expect(stages.find(({ name }) => name === 'take')).toEqual({ name: 'take', functions: [], takesOnError: false })
  })

  it('R30: every stage that calls a function for an item takes onError', () => {
    const without = stages.filter(({ name, functions, takesOnError }) => functions.length > 0 && !takesOnError && !(name in EXCEPT))
    expect(without.map(({ name }) => name)).toEqual(OPEN)
  })

  it.each(Object.entries(EXCEPT))('R30: %s is an exception, because it %s', (name) => {
    expect(stages.find((stage) => stage.name === name)).toMatchObject({ takesOnError: false })
  })
})

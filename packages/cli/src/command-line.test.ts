import { describe, expect, it, vi } from 'vitest'
import { readCommandLine } from './command-line'
import { UsageError } from './usage-error'

describe('a command line', () => {
  it('is a command, words, options and what stands behind --', () => {
    expect(readCommandLine(['run', 'a.ts', '--record', 'f', '--', '--rows', '5'])).toMatchObject({ command: 'run', words: ['a.ts'], options: { record: 'f' }, behind: ['--rows', '5'] })
    expect(readCommandLine(['graph', 'a.ts', '--export', 'one', '--export', 'two'])?.options).toMatchObject({ export: 'two', format: 'mermaid' })
  })

  it.each(['--version', '-v'])('%s tells the version of the package', (word) => {
    const log = vi.spyOn(console, 'log').mockReturnValue(undefined)
    expect(readCommandLine([word])).toBeUndefined()
    expect(log.mock.calls).toEqual([[expect.stringMatching(/^\d+\.\d+\.\d+/)]])
    log.mockRestore()
  })

  it('takes no file for the port of --inspect', () => {
    expect(readCommandLine(['run', '--inspect', 'a.ts'])).toMatchObject({ words: ['a.ts'], options: { inspect: '0' } })
    expect(readCommandLine(['run', '--inspect=4000', 'a.ts'])?.options['inspect']).toBe('4000')
  })

  it.each([
    [['rn', 'a.ts'], 'unknown command "rn"; did you mean run?'], [['--frob'], 'unknown command "--frob"'],
    [['run', 'a.ts', '--recrd', 'f'], 'unknown option --recrd; did you mean --record? It takes --inspect, --top, --record. Options of the program stand behind --.'],
    [['graph'], 'missing required args'], [['graph', 'a.ts', 'b.ts'], 'Unused args: `b.ts`'], [['graph', 'a.ts', '--export'], 'value is missing'],
    [['ps', '--', 'x'], 'nothing stands behind --'],
  ])('%j is refused by name', (args, message) => {
    expect(() => readCommandLine(args)).toThrow(UsageError)
    expect(() => readCommandLine(args)).toThrow(message)
  })
})

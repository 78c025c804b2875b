import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { FROM_SOURCES, runProgram, type Program } from '../../test/run-in-terminal'

const start = (isTerminal: boolean, ...uses: string[]): Program => runProgram([...FROM_SOURCES, fileURLToPath(new URL('../../test/program.ts', import.meta.url)), ...uses], { isTerminal })
const SHOWN = '\u001b[?25h'

describe('stopOnSignal in a process of its own', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s stops gracefully, and says so', async (signal) => {
    const program = start(false, 'stop')
    await program.says(/begun/)
    program.child.kill(signal)
    expect(await program.ended).toEqual({ code: 0, signal: null })
    expect(program.text()).toMatch(/Stopping 'orders': what was begun is finished first, in 10 s at most\. (Ctrl-C|SIGTERM) again aborts\.[^]*stopped well/)
  }, 60_000)

  it('a second one aborts, and a third one ends the process', async () => {
    const program = start(false, 'stop', 'stuck')
    await program.says(/begun/)
    program.child.kill('SIGINT')
    await program.says(/Stopping/)
    program.child.kill('SIGINT')
    await program.says(/Aborting 'orders'\. Ctrl-C again ends the process at once/)
    program.child.kill('SIGINT')
    expect(await program.ended).toEqual({ code: 130, signal: null })
  }, 60_000)
})

describe('top in a process of its own', () => {
  it('Ctrl-C at the keyboard stops the run, and the terminal is given back', async () => {
    const program = start(true, 'top', 'stop')
    await program.says(/orders ▶/)
    program.type('\u0003')
    expect(await program.ended).toMatchObject({ code: 0 })
    expect(program.text()).toContain("Stopping 'orders'")
    expect(program.text()).toContain('stopped well')
    expect(program.text().lastIndexOf(SHOWN)).toBeGreaterThan(program.text().lastIndexOf('\u001b[?25l'))
  }, 60_000)

  it('Ctrl-C that nobody listens to ends the process, and the terminal is given back', async () => {
    const program = start(true, 'top')
    await program.says(/orders ▶/)
    program.type('\u0003')
    expect(await program.ended).toMatchObject({ code: 130 })
    expect(program.text().lastIndexOf(SHOWN)).toBeGreaterThan(program.text().lastIndexOf('\u001b[?25l'))
  }, 60_000)

  it('an error that nobody catches is printed whole, below the last picture', async () => {
    const program = start(true, 'top', 'crash')
    expect(await program.ended).toMatchObject({ code: 1 })
    const text = program.text()
    expect(text.indexOf('crashed on purpose')).toBeGreaterThan(text.lastIndexOf(SHOWN))
    expect(text.lastIndexOf(SHOWN)).toBeGreaterThan(text.lastIndexOf('\u001b[?25l'))
  }, 60_000)

  it('q leaves the picture, and Ctrl-C does what it does without one', async () => {
    const program = start(true, 'top', 'stop')
    await program.says(/begun[^]*orders ▶/)
    program.type('q')
    // The cursor is there again.
    await program.says(SHOWN)
    program.type('\u0003')
    expect(await program.ended).toMatchObject({ code: 0 })
  }, 60_000)
})

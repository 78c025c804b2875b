import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { FakeTerminal } from '../../../test/fake-terminal'
import { Screen } from './screen'
import { careFor, type Host } from './signals'

/** By then what was written is above the picture: a timer that was set later never comes first. */
const gathered = (): Promise<void> => sleep(60)

describe('a picture on a terminal', () => {
  it('is kept up to date in place, and what the program writes goes above it', async () => {
    const terminal = new FakeTerminal(40, 10)
    const screen = new Screen(terminal.stream, [])
    screen.draw(['one', 'two'])
    screen.draw(['one', 'three', 'four'])
    terminal.stream.write('from the ')
    terminal.stream.write(Buffer.from('program\nand mo'))
    await gathered()
    screen.draw(['one', 'five'])
    expect(await terminal.lines()).toEqual(['from the program', 'one', 'five'])
    expect(terminal.isCursorHidden).toBe(true)
    screen.leave(true)
    terminal.write('after\n')
    expect(await terminal.lines()).toEqual(['from the program', 'one', 'five', 'and mo', 'after'])
    expect(terminal.isCursorHidden).toBe(false)
  })

  it('loses nothing of what the program writes, however much that is, and cuts no character in two', async () => {
    const terminal = new FakeTerminal(40, 6)
    const screen = new Screen(terminal.stream, [])
    screen.draw(['picture'])
    const text = Array.from({ length: 60 }, (_, at) => `line ${at} ä€\n`).join('')
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; at += 7) {
      terminal.stream.write(bytes.subarray(at, at + 7))
      if (at % 490 === 0) await gathered()
    }
    screen.leave(false)
    expect(await terminal.lines()).toEqual(text.trimEnd().split('\n'))
  })

  it('tells a writer that its text was taken', async () => {
    const terminal = new FakeTerminal(40, 6)
    const screen = new Screen(terminal.stream, [])
    await new Promise<void>((resolve) => { terminal.stream.write('x\n', () => { resolve() }) })
    screen.leave(false)
    expect(await terminal.lines()).toEqual(['x'])
  })

  it('is drawn at once: the terminal is asked to show nothing of it before it is whole', async () => {
    const terminal = new FakeTerminal(40, 10)
    const screen = new Screen(terminal.stream, [])
    screen.draw(['one'])
    const before = terminal.raw.length
    terminal.stream.write('text\n')
    await gathered()
    const written = terminal.raw.slice(before)
    expect(written.startsWith('\u001b[?2026h')).toBe(true)
    expect(written.indexOf('\u001b[?2026l')).toBe(written.length - '\u001b[?2026l'.length)
    screen.leave(false)
  })

  it('leaves nothing of itself behind where the terminal becomes narrower', async () => {
    const terminal = new FakeTerminal(60, 12)
    const screen = new Screen(terminal.stream, [])
    terminal.stream.write('above\n')
    await gathered()
    screen.draw(['x'.repeat(55), 'y'.repeat(50)])
    await terminal.resize(30, 12)
    screen.draw(['narrow'])
    await terminal.resize(60, 12)
    screen.draw(['wide again'])
    expect(await terminal.lines()).toEqual(['above', 'wide again'])
    screen.leave(false)
  })

  it('goes away while the process stands still', async () => {
    const terminal = new FakeTerminal(40, 10)
    const screen = new Screen(terminal.stream, [])
    screen.draw(['picture'])
    screen.suspend()
    terminal.write('shell\n')
    await gathered()
    expect(await terminal.lines()).toEqual(['shell'])
    expect(terminal.isCursorHidden).toBe(false)
    screen.resume()
    expect(await terminal.lines()).toEqual(['shell', 'picture'])
    screen.leave(false)
  })

  it('is alone on its terminal', () => {
    const terminal = new FakeTerminal(40, 10)
    const screen = new Screen(terminal.stream, [])
    expect(() => new Screen(terminal.stream, [])).toThrow('shows a picture already')
    screen.leave(false)
    new Screen(terminal.stream, []).leave(false)
  })
})

describe('a terminal is given back', () => {
  class FakeHost extends EventEmitter implements Host {
    readonly pid = 7
    readonly platform = 'linux'
    readonly killed: string[] = []
    kill(pid: number, signal: string): void { this.killed.push(`${pid} ${signal}`) }
  }
  const watch = () => {
    const host = new FakeHost()
    const seen: string[] = []
    const end = careFor({ leave: () => { seen.push('leave') }, suspend: () => { seen.push('suspend') }, resume: () => { seen.push('resume') } }, host)
    return { host, seen, end }
  }

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])('before %s ends the process, where nobody else listens to it', (signal) => {
    const { host, seen } = watch()
    host.emit(signal)
    expect([seen, host.killed, host.listenerCount(signal)]).toEqual([['leave'], [`7 ${signal}`], 0])
  })

  it('not by a signal that is the business of the program', () => {
    const { host, seen } = watch()
    host.on('SIGINT', () => {})
    host.emit('SIGINT')
    expect([seen, host.killed]).toEqual([[], []])
  })

  it('before an error is printed that nobody catches, and when the process ends', () => {
    const { host, seen } = watch()
    host.emit('uncaughtExceptionMonitor')
    host.emit('exit')
    expect(seen).toEqual(['leave', 'leave'])
    const caught = watch()
    caught.host.on('uncaughtException', () => {})
    caught.host.emit('uncaughtExceptionMonitor')
    expect(caught.seen).toEqual([])
  })

  it('while the process stands still', () => {
    const { host, seen } = watch()
    host.emit('SIGTSTP')
    expect(host.killed).toEqual(['7 SIGSTOP'])
    host.emit('SIGCONT')
    expect(seen).toEqual(['suspend', 'resume'])
  })

  it('once: nothing is listened to any longer', () => {
    const { host, end } = watch()
    end()
    expect(host.eventNames().map((name) => host.listenerCount(name))).toEqual([])
  })
})

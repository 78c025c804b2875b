import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { runProgram } from '../../test/run-in-terminal'

const LIVES = [process.execPath, '-e', 'process.on("SIGHUP", () => {}); console.log(`pid ${process.pid}.`); setInterval(() => {}, 1000)']
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

let pid = 0
it('a program of a test lives as long as the test', async () => {
  const program = runProgram(LIVES, { isTerminal: true })
  await program.says(/pid \d+\./)
  pid = Number(/pid (\d+)\./.exec(program.text())?.[1])
  expect(isAlive(pid)).toBe(true)
}, 60_000)

it('it ends with the test, under script, too', async () => {
  await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false)
}, 60_000)

it('it ends when the process of the test is killed', async () => {
  const owner = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  const program = runProgram(LIVES, { isTerminal: true, env: { SLUICE_TEST_OWNER: String(owner.pid) } })
  await program.says(/pid \d+\./)
  owner.kill('SIGKILL')
  await once(owner, 'exit')
  expect((await program.ended).code).not.toBe(0)
}, 60_000)

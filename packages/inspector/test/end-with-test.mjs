// Loaded into every program that a test starts: it ends when its parent does, or the test's own process, however that came about. A program
// under `script` is told of neither.
const parent = process.ppid
const owner = Number(process.env['SLUICE_TEST_OWNER'])

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

setInterval(() => {
  if (process.ppid !== parent || !isAlive(owner)) process.kill(process.pid, 'SIGKILL')
}, 250).unref()

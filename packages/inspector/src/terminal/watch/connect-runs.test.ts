import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { connectRuns } from './connect-runs'

it('a process that is killed while it is watched ends the watching, and fails nothing', async () => {
  let kill = (): void => {}
  const server = createServer((_, response) => {
    response.writeHead(200)
    response.write('{"t":"hello"}\n{"t":"runs"')
    kill = () => { response.destroy() }
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  try {
    const runs = await connectRuns(`http://127.0.0.1:${(server.address() as AddressInfo).port}/#token`)
    expect(runs.isOver()).toBe(false)
    kill()
    await expect.poll(() => runs.isOver()).toBe(true)
    expect(runs.note()).toBe('The process has ended.')
  } finally {
    server.close()
  }
})

/**
 * Writes the answer of a command to stdout, and waits until it is taken. Whoever reads only a part of it, as `| head` does, has what he wants.
 *
 * @throws the error of the system where it cannot be written, as on a full disk.
 */
export async function say(text: string): Promise<void> {
  const { stdout } = process
  // The event comes behind the callback, which tells the same.
  if (stdout.listenerCount('error') === 0) stdout.on('error', noop)
  await new Promise<void>((resolve, reject) => {
    stdout.write(text, (error) => {
      if (!error || (error as NodeJS.ErrnoException).code === 'EPIPE') resolve()
      else reject(error)
    })
  })
}

function noop(): void {}

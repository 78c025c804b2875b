import { coded } from '@sluice/core/authoring'
import type { AsyncBuffer } from 'hyparquet'

/** The bytes of a local file, by parts; one handle for all of them. */
export interface FileBuffer extends AsyncBuffer {
  close(): Promise<void>
}

export async function openFileBuffer(path: string): Promise<FileBuffer> {
  // Loaded here, so that who reads a buffer of his own needs no Node.
  const { open } = await import('node:fs/promises')
  const handle = await open(path)
  try {
    const { size } = await handle.stat()
    return {
      byteLength: size,
      async slice(start, end = size) {
        const bytes = new Uint8Array(end - start)
        for (let at = 0; at < bytes.length; ) {
          const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at)
          if (bytesRead === 0) throw coded('SLUICE_PARQUET', new Error(`${path}: ends at byte ${start + at}, where ${end} were expected: was it cut?`))
          at += bytesRead
        }
        return bytes.buffer
      },
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

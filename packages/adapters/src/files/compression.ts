import { OptionError } from '@sluice/core'
import { words } from '@sluice/core/authoring'
import type { Transform } from 'node:stream'
import * as zlib from 'node:zlib'
import { errorText } from '../error-text'

/** How bytes are packed. `'zstd'` needs a Node whose zlib has it (22.15, 23.8 and newer). */
export type Compression = 'gzip' | 'zstd' | 'none'

/** Options of everything that reads or writes bytes. */
export interface CompressionOptions {
  /** Default: by the ending of the path, `.gz` and `.zst`; else, and for a source, `'none'`. */
  readonly compression?: Compression | undefined
}

/** Bytes that are not packed as they should be, or are cut off. */
export class DecompressionError extends Error {
  override readonly name = 'DecompressionError'
  readonly code = 'SLUICE_DECOMPRESSION'

  constructor(
    readonly path: string,
    readonly compression: Compression,
    cause: unknown,
  ) {
    super(`${path}: cannot be read as ${compression}: ${errorText(cause)}`, { cause })
  }
}

// Newer than the oldest Node that is supported, and than its types.
const { createZstdCompress, createZstdDecompress } = zlib as { createZstdCompress?: () => Transform; createZstdDecompress?: () => Transform }

/** How they are declared. */
export function compressionRules() {
  return { compression: words('gzip', 'zstd', 'none').maybe() }
}

/** What holds for a path; checked when the pipeline is built. */
export function compressionOf(owner: string, path: string | undefined, given: Compression | undefined): Compression {
  const compression = given === undefined ? byEnding(path ?? '') : given
  if (compression !== 'zstd' || createZstdCompress) return compression
  throw new OptionError(owner, 'compression', compression, `one that zlib of Node ${process.versions.node} has: 'gzip' or 'none'`)
}

export function compressor(compression: Compression): Transform | undefined {
  if (compression === 'gzip') return zlib.createGzip()
  return compression === 'zstd' ? createZstdCompress?.() : undefined
}

export function decompressor(compression: Compression): Transform {
  return compression === 'zstd' && createZstdDecompress ? createZstdDecompress() : zlib.createGunzip()
}

function byEnding(path: string): Compression {
  if (path.endsWith('.gz')) return 'gzip'
  return path.endsWith('.zst') ? 'zstd' : 'none'
}

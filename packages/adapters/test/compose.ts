import * as stream from 'node:stream'
import type { Duplex } from 'node:stream'

/** `stream.compose` of Node, which its types leave out; undefined where there is none. */
export const compose = (stream as unknown as { readonly compose: (...streams: unknown[]) => Duplex }).compose

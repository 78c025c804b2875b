import { styleText } from 'node:util'
import type { StageStatus } from '@sluice/core'

/** What is coloured: a state of a stage, or a part of the picture. */
export type Ink = StageStatus | 'dim' | 'bold' | 'alarm' | 'picked'

type Format = Parameters<typeof styleText>[0]

/** The sixteen colours that a user can set, never fixed ones: they are legible on the user's ground. The letter says the same. */
const FORMATS: Readonly<Record<Ink, Format>> = {
  working: 'blue', calling: 'cyan', limited: 'magenta', idle: 'dim', backpressured: 'yellow', blocked: 'red',
  dim: 'dim', bold: 'bold', alarm: ['bold', 'yellow'], picked: 'inverse',
}

/** Colours a text, or leaves it as it is. */
export type Paint = (ink: Ink, text: string) => string

/** No colours: for NO_COLOR, and for what is no terminal. */
export const plain: Paint = (_ink, text) => text

/** It would ask `process.stdout` whether it takes colours, where we may write to another stream. */
const style = styleText as (format: Format, text: string, options: { readonly validateStream: boolean }) => string

/** The colours of a terminal. */
export const coloured: Paint = (ink, text) => (text === '' ? text : style(FORMATS[ink], text, { validateStream: false }))

/**
 * The colours that a stream takes: none where NO_COLOR is set to anything, where the terminal is dumb, and where it is none.
 *
 * @param stream what is written to.
 * @param env the environment.
 */
export function paintFor(stream: { readonly isTTY?: boolean | undefined }, env: NodeJS.ProcessEnv): Paint {
  return stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb' ? coloured : plain
}

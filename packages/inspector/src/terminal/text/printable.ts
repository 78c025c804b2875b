import { stripVTControlCharacters } from 'node:util'

/** Control characters, and those that turn the direction of the text around. */
const UNSEEN = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/**
 * A name or message of somebody's as it may be written to a terminal: on one line, and without anything that moves the cursor, changes
 * colours or sets the title.
 *
 * @param text from a program that is looked at.
 * @param most how many UTF-16 units are kept. Default 500.
 */
export function printable(text: string, most = 500): string {
  const line = stripVTControlCharacters(text.slice(0, 4 * most)).replace(UNSEEN, ' ').trim()
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}

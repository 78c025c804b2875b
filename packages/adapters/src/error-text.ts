/** What an error says, to stand in the message of another; anything can be thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** A subscriber was disconnected because it lagged too far behind. Its subscription fails with this; nobody else does. */
export class SlowSubscriberError extends Error {
  override readonly name: string = 'SlowSubscriberError'
  readonly code = 'SLUICE_SLOW_SUBSCRIBER'

  constructor(
    /** The name of the subscription. */
    readonly subscription: string,
    /** The name of the topic. */
    readonly topic: string,
    /** How many values were unread: its bound. */
    readonly lag: number,
  ) {
    super(`${subscription} was disconnected from ${topic}: ${lag} values behind`)
  }
}

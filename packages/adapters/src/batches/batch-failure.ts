/** A failure that knows the item at fault. */
export class BatchFailure {
  constructor(
    readonly error: unknown,
    readonly item: unknown,
    readonly attempt = 1,
  ) {}
}

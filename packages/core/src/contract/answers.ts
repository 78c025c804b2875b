/** Answer of {@link Outlet.pull}: nothing now; the `wake` given at `open` will be called when that may have changed. */
export const PENDING = -1

/** Answer of {@link Outlet.pull}: ended. The outlet is never pulled again. */
export const DONE = -2

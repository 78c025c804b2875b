/** Where a loop stopped: after the batch, or at the value on which user code threw; and how many values it kept. */
export interface Cursor {
  at: number
  kept: number
}

/** Calls `call` for the first `count` of `batch`, in place. */
export type Loop = (batch: unknown[], count: number, call: (value: unknown) => unknown, cursor: Cursor) => void

/**
 * The same loop sixteen times, one for each of the first sixteen user functions; one more for all others.
 *
 * A compiler inlines a call where it has only ever seen one function. A library's one loop sees every function of the
 * program, and pays 4 ns a value for calls that would cost 0.5. What has a loop of its own keeps its own record, so the
 * text has to be there more than once. Measured (`npm run bench -- --case sync-chain`, ns a value): one loop 12.1 alone
 * and 17.5 after a dozen other operators; with these 7 and 9. In a bundle all copies together are 100 bytes, zipped.
 *
 * Functions are told apart by their source text, because a pipeline that is built in a function makes them anew each
 * time, and a compiler does not care about that.
 */
export class Loops {
  readonly #copies: readonly Loop[]
  readonly #bySource = new Map<string, Loop>()

  constructor(copies: readonly Loop[]) {
    this.#copies = copies
  }

  /** The loop for a user function. */
  of(call: (value: never) => unknown): Loop {
    const source = Function.prototype.toString.call(call)
    const known = this.#bySource.get(source)
    if (known) return known
    const last = this.#copies.length - 1
    const loop = this.#copies[Math.min(this.#bySource.size, last)] as Loop
    // Bounded: the last copy is everybody's, and nobody has to be remembered for it.
    if (this.#bySource.size < last) this.#bySource.set(source, loop)
    return loop
  }
}

/** One value becomes one value. */
export const mapLoops = /* @__PURE__ */ new Loops([
  (b, n, f, c) => { let i = 0; try { for (; i < n; i++) b[i] = f(b[i]) } finally { c.at = c.kept = i } },
  (b, n, f, c) => { let i = 0; try { for (; i < n; i++) b[i] = f(b[i]) } finally { c.at = c.kept = i } },
  (b, n, f, c) => { let i = 0; try { for (; i < n; i++) b[i] = f(b[i]) } finally { c.at = c.kept = i } },
  (b, n, f, c) => { let i = 0; try { for (; i < n; i++) b[i] = f(b[i]) } finally { c.at = c.kept = i } },
  (b, n, f, c) => { let i = 0; try { for (; i < n; i++) b[i] = f(b[i]) } finally { c.at = c.kept = i } },
  (b, n, f, c) => { let i = 0; try { for (; i < n; i++) b[i] = f(b[i]) } finally { c.at = c.kept = i } },
  (b, n, f, c) => { let i = 0; try { for (; i < n; i++) b[i] = f(b[i]) } finally { c.at = c.kept = i } },
  (b, n, f, c) => { let i = 0; try { for (; i < n; i++) b[i] = f(b[i]) } finally { c.at = c.kept = i } },
  (b, n, f, c) => { let i = 0; try { for (; i < n; i++) b[i] = f(b[i]) } finally { c.at = c.kept = i } },
  (b, n, f, c) => { let i = 0; try { for (; i < n; i++) b[i] = f(b[i]) } finally { c.at = c.kept = i } },
  (b, n, f, c) => { let i = 0; try { for (; i < n; i++) b[i] = f(b[i]) } finally { c.at = c.kept = i } },
  (b, n, f, c) => { let i = 0; try { for (; i < n; i++) b[i] = f(b[i]) } finally { c.at = c.kept = i } },
  (b, n, f, c) => { let i = 0; try { for (; i < n; i++) b[i] = f(b[i]) } finally { c.at = c.kept = i } },
  (b, n, f, c) => { let i = 0; try { for (; i < n; i++) b[i] = f(b[i]) } finally { c.at = c.kept = i } },
  (b, n, f, c) => { let i = 0; try { for (; i < n; i++) b[i] = f(b[i]) } finally { c.at = c.kept = i } },
  (b, n, f, c) => { let i = 0; try { for (; i < n; i++) b[i] = f(b[i]) } finally { c.at = c.kept = i } },
])

/** Values that pass the test move up. */
export const filterLoops = /* @__PURE__ */ new Loops([
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } finally { c.at = i; c.kept = k } },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } finally { c.at = i; c.kept = k } },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } finally { c.at = i; c.kept = k } },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } finally { c.at = i; c.kept = k } },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } finally { c.at = i; c.kept = k } },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } finally { c.at = i; c.kept = k } },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } finally { c.at = i; c.kept = k } },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } finally { c.at = i; c.kept = k } },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } finally { c.at = i; c.kept = k } },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } finally { c.at = i; c.kept = k } },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } finally { c.at = i; c.kept = k } },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } finally { c.at = i; c.kept = k } },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } finally { c.at = i; c.kept = k } },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } finally { c.at = i; c.kept = k } },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } finally { c.at = i; c.kept = k } },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } finally { c.at = i; c.kept = k } },
])

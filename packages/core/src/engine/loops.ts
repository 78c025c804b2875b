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
 * Functions are told apart by their source text, because a pipeline that is built in a function makes them each
 * time, and a compiler does not care about that.
 *
 * Each loop has at most 80 bytes of bytecode: V8 compiles such a function as soon as it is hot, and a longer one after three times
 * as many values. `finally` would write the code after the loop twice, so a loop that would be longer has `catch`.
 */
export class Loops<L = Loop> {
  readonly #copies: readonly L[]
  readonly #bySource = new Map<string, L>()

  constructor(copies: readonly L[]) {
    this.#copies = copies
  }

  /** The loop for a user function. */
  of(call: (...values: never[]) => unknown): L {
    const source = Function.prototype.toString.call(call)
    const known = this.#bySource.get(source)
    if (known) return known
    const last = this.#copies.length - 1
    const loop = this.#copies[Math.min(this.#bySource.size, last)] as L
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
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } catch (e) { c.at = i; c.kept = k; throw e } c.at = i; c.kept = k },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } catch (e) { c.at = i; c.kept = k; throw e } c.at = i; c.kept = k },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } catch (e) { c.at = i; c.kept = k; throw e } c.at = i; c.kept = k },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } catch (e) { c.at = i; c.kept = k; throw e } c.at = i; c.kept = k },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } catch (e) { c.at = i; c.kept = k; throw e } c.at = i; c.kept = k },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } catch (e) { c.at = i; c.kept = k; throw e } c.at = i; c.kept = k },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } catch (e) { c.at = i; c.kept = k; throw e } c.at = i; c.kept = k },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } catch (e) { c.at = i; c.kept = k; throw e } c.at = i; c.kept = k },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } catch (e) { c.at = i; c.kept = k; throw e } c.at = i; c.kept = k },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } catch (e) { c.at = i; c.kept = k; throw e } c.at = i; c.kept = k },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } catch (e) { c.at = i; c.kept = k; throw e } c.at = i; c.kept = k },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } catch (e) { c.at = i; c.kept = k; throw e } c.at = i; c.kept = k },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } catch (e) { c.at = i; c.kept = k; throw e } c.at = i; c.kept = k },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } catch (e) { c.at = i; c.kept = k; throw e } c.at = i; c.kept = k },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } catch (e) { c.at = i; c.kept = k; throw e } c.at = i; c.kept = k },
  (b, n, f, c) => { let i = 0, k = 0; try { for (; i < n; i++) { const v = b[i]; if (f(v)) b[k++] = v } } catch (e) { c.at = i; c.kept = k; throw e } c.at = i; c.kept = k },
])

/** Calls `combine` for the first `count` of `values`, one at least; answers the last result. The cursor tells at which one it threw. */
export type Fold = (values: readonly unknown[], count: number, combine: (result: unknown, value: unknown) => unknown, result: unknown, cursor: { at: number }) => unknown

/**
 * All values become one, eight times: a program has fewer of these.
 *
 * The first step stands by itself: so a compiler sees that the result is a number from there on, and keeps sums that are no small
 * integers out of the heap (5.4 ns a value, and 2.7 with it).
 */
export const foldLoops = /* @__PURE__ */ new Loops<Fold>([
  (b, n, f, r, c) => { let i = 0; try { let s = f(r, b[0]); for (i = 1; i < n; i++) s = f(s, b[i]); return s } catch (e) { c.at = i; throw e } },
  (b, n, f, r, c) => { let i = 0; try { let s = f(r, b[0]); for (i = 1; i < n; i++) s = f(s, b[i]); return s } catch (e) { c.at = i; throw e } },
  (b, n, f, r, c) => { let i = 0; try { let s = f(r, b[0]); for (i = 1; i < n; i++) s = f(s, b[i]); return s } catch (e) { c.at = i; throw e } },
  (b, n, f, r, c) => { let i = 0; try { let s = f(r, b[0]); for (i = 1; i < n; i++) s = f(s, b[i]); return s } catch (e) { c.at = i; throw e } },
  (b, n, f, r, c) => { let i = 0; try { let s = f(r, b[0]); for (i = 1; i < n; i++) s = f(s, b[i]); return s } catch (e) { c.at = i; throw e } },
  (b, n, f, r, c) => { let i = 0; try { let s = f(r, b[0]); for (i = 1; i < n; i++) s = f(s, b[i]); return s } catch (e) { c.at = i; throw e } },
  (b, n, f, r, c) => { let i = 0; try { let s = f(r, b[0]); for (i = 1; i < n; i++) s = f(s, b[i]); return s } catch (e) { c.at = i; throw e } },
  (b, n, f, r, c) => { let i = 0; try { let s = f(r, b[0]); for (i = 1; i < n; i++) s = f(s, b[i]); return s } catch (e) { c.at = i; throw e } },
])

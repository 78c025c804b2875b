/** The garbage collector, where the platform was started with `--expose-gc`. */
export const collectGarbage = (globalThis as { readonly gc?: () => void }).gc

/** Tests that do not run in a runtime, and why: `<file> > <suite> > <test>`. Whatever else is skipped there is a failure. */
export const leftOut = {
  bun: {},
  deno: {},
}

/** What build-page.mjs makes of the folder `page`. */
declare module '@sluice/inspector/page' {
  /** The live page: one HTML document that needs nothing else. */
  export const page: string
  /** The Content-Security-Policy that admits this document and nothing beside it. */
  export const policy: string
}

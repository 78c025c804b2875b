/** The sign of each kind of stage, in 16 by 16. */
export const GLYPHS = { source: 'M4 3v10l9-5z', operator: 'M3 4h10v8H3z', sink: 'M3 3h10v4l-5 6-5-6z' } as const

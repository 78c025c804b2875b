/*
 * A program without a pipeline, for tests of the command line.
 */
export const nothing = 1

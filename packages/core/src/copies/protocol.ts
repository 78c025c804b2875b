/**
 * The number of the protocol that the parts of a run speak with each other: which methods a stage calls of its scope, a scope of
 * its stages, a pipeline of its source. Copies of Sluice with the same number work together, whatever their versions; so the number
 * changes with any of these methods, and with nothing else.
 */
export const PROTOCOL = 1

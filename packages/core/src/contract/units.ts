// The units of what `run.stats()` answers. The tags are what the JSON Schema says of each.

/**
 * Milliseconds.
 *
 * @minimum 0
 */
export type Ms = number

/**
 * How many: a whole number.
 *
 * @minimum 0
 * @asType integer
 */
export type Count = number

/**
 * Bytes.
 *
 * @minimum 0
 * @asType integer
 */
export type Bytes = number

/**
 * So many a second.
 *
 * @minimum 0
 */
export type PerSecond = number

/**
 * What values weigh or cost, in a unit of the program.
 *
 * @minimum 0
 */
export type Weight = number

/**
 * A part of a whole, 0 to 1.
 *
 * @minimum 0
 * @maximum 1
 */
export type Share = number

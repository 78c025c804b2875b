/*
 * The command line. What it starts, and what it loads into a program, stands in `look`.
 */
export { main } from './main'

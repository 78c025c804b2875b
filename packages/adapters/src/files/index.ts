export * from './read-lines'
export * from './write-lines'

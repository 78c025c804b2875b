export * from './select/filter'
export * from './select/take'
export * from './transform/map'

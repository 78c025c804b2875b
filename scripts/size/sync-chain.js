export { from, toArray } from '../../packages/core/dist/index.js'
export { filter, map } from '../../packages/operators/dist/index.js'

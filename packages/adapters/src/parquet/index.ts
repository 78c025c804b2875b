export { ParquetError } from './parquet-error'
export type { ParquetRows } from './group-reader'
export { readParquet, type ParquetRow, type ReadParquetOptions } from './read-parquet'

export { ParquetError } from './parquet-error'
export { readParquet, type ParquetRow, type ReadParquetOptions } from './read-parquet'

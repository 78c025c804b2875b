import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'

const statsSchema = JSON.parse(readFileSync(new URL('../docs/stats.schema.json', import.meta.url), 'utf8')) as object

const validate = new Ajv2020({ allErrors: true, strict: true }).compile(statsSchema)

/** What of these figures docs/stats.schema.json does not allow. */
export function schemaProblems(stats: unknown): string[] {
  validate(stats)
  return (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
}

import Table from 'cli-table3'
import type { balance } from './results'
import { largest, type Totals } from './totals'

/** What there is to tell when the job has ended. */
export interface Told {
  readonly rows: Awaited<ReturnType<typeof balance>>
  readonly totals: Totals
  readonly networks: readonly { readonly asn: number; readonly organisation: string; readonly addresses: number }[]
  readonly reasons: readonly (readonly [reason: string, count: number])[]
  /** Of this run, without what a run before it has done. */
  readonly seconds: number
  readonly rowsOfThisRun: number
  readonly finished: boolean
  readonly files: Readonly<Record<string, string>>
}

/** What the job found, as text. */
export function summary({ rows, totals, networks, reasons, seconds, rowsOfThisRun, finished, files }: Told): string {
  const counts = table(['', 'rows'])
  counts.push(['networks read', number(rows.networks)], ['  joined with a country', number(rows.joined)], ['  rejected', number(rows.rejected)],
    ['countries read', number(rows.countries)], ['  rejected', number(rows.rejectedCountries)], ['rows in the database', number(rows.parts)])
  const countries = table(['country', 'addresses', 'share'])
  for (const [country, addresses] of largest(totals.countries, 8)) {
    countries.push([country, number(addresses), `${((addresses / totals.addresses) * 100).toFixed(1)} %`])
  }
  const announced = table(['network', 'organisation', 'addresses'])
  for (const { asn, organisation, addresses } of networks) {
    announced.push([`AS${asn}`, organisation.slice(0, 40), number(addresses)])
  }
  return [
    counts.toString(), countries.toString(), announced.toString(),
    ...(reasons.length > 0 ? ['Rejected:', ...reasons.map(([reason, count]) => `  ${number(count)} × ${reason}`)] : []),
    `${number(rows.networks)} networks = ${number(rows.joined)} joined + ${number(rows.rejected)} rejected: ${rows.lost === 0 ? 'nothing lost' : `${rows.lost} LOST`}`,
    ...(finished ? [] : ['Stopped early: start again to go on from here.']),
    `${seconds.toFixed(1)} s, ${number(rowsOfThisRun / seconds)} rows/s, ${number(process.resourceUsage().maxRSS / 1e3)} MB of memory at most`,
    Object.values(files).join('\n'),
    'Data: @ip-location-db; RouteViews and DB-IP.com (CC-BY-4.0), regional registries (CC0).',
  ].join('\n')
}

export function number(value: number): string {
  return Math.round(value).toLocaleString('en')
}

function table(head: string[]) {
  return new Table({ head, style: { head: [], border: [] }, colAligns: head.map((name) => (name === 'rows' || name === 'addresses' || name === 'share' ? 'right' : 'left')) })
}

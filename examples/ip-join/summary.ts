import Table from 'cli-table3'
import type { RunStats } from '@sluice/core'
import type { Job, JobOptions } from './job'
import { number } from './progress'

/** Rows of the files and what became of them; `lost` must be 0. */
export function balance(job: Job, options: JobOptions) {
  const { networks, countries, tally } = job
  const rejectedNetworks = tally.rejected(options.asn)
  const rejectedCountries = tally.rejected(options.country)
  return { networks: networks.rows, countries: countries.rows, joined: tally.joined, rejectedNetworks, rejectedCountries, lost: networks.rows - tally.joined - rejectedNetworks }
}

/** What the job found, as text. */
export function summary(job: Job, options: JobOptions, stats: RunStats, complete: boolean): string {
  const { tally } = job
  const rows = balance(job, options)
  const seconds = stats.elapsedMs / 1000
  const megabytes = (job.networks.bytes + job.countries.bytes) / 1e6

  const counts = table(['', 'rows'])
  counts.push(['networks read', number(rows.networks)], ['  joined with a country', number(rows.joined)], ['  rejected', number(rows.rejectedNetworks)],
    ['countries read', number(rows.countries)], ['  rejected', number(rows.rejectedCountries)], ['lines written', number(tally.parts)])
  const countries = table(['country', 'addresses', 'share'])
  for (const [country, addresses] of top(tally.countries.entries(), ([, count]) => count)) {
    countries.push([country, number(addresses), share(addresses, tally.addresses)])
  }
  const networks = table(['network', 'organisation', 'addresses'])
  for (const { asn, organisation, addresses } of top(tally.networks.values(), (network) => network.addresses)) {
    networks.push([`AS${asn}`, organisation.slice(0, 40), number(addresses)])
  }
  const reasons = [...tally.reasons].map(([reason, count]) => `  ${number(count)} × ${reason}`)
  return [
    counts.toString(), countries.toString(), networks.toString(),
    ...(reasons.length > 0 ? ['Rejected:', ...reasons] : []),
    complete
      ? `${number(rows.networks)} networks = ${number(rows.joined)} joined + ${number(rows.rejectedNetworks)} rejected: ${rows.lost === 0 ? 'nothing lost' : `${rows.lost} LOST`}`
      : 'Stopped early: the figures are those of the rows that were read.',
    `${seconds.toFixed(1)} s, ${number((rows.networks + rows.countries) / seconds)} rows/s, ${(megabytes / seconds).toFixed(1)} MB/s, ${number(process.memoryUsage().rss / 1e6)} MB of memory`,
    `${job.files.results}\n${job.files.rejects}`,
    'Data: @ip-location-db; RouteViews and DB-IP.com (CC-BY-4.0), regional registries (CC0).',
  ].join('\n')
}

function table(head: string[]) {
  return new Table({ head, style: { head: [], border: [] }, colAligns: head.map((name) => (name === 'rows' || name === 'addresses' || name === 'share' ? 'right' : 'left')) })
}

function top<T>(values: Iterable<T>, by: (value: T) => number): T[] {
  return [...values].sort((a, b) => by(b) - by(a)).slice(0, 8)
}

function share(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(1)} %`
}

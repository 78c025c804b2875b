import { forEach } from 'sluice'
import { sqliteQuery, type SqliteHandle } from '@sluice/adapters/sqlite'
import type { JoinEvent } from './position'

/** Addresses by country and by AS number, of everything that was resolved. */
export class Totals {
  readonly countries = new Map<string, number>()
  readonly networks = new Map<number, number>()
  addresses = 0

  add(country: string, asn: number, addresses: number): void {
    this.addresses += addresses
    this.countries.set(country, (this.countries.get(country) ?? 0) + addresses)
    this.networks.set(asn, (this.networks.get(asn) ?? 0) + addresses)
  }

  /** Where the branch that counts ends. */
  sink() {
    return forEach<JoinEvent>((event) => {
      if (event.kind !== 'resolved') return
      const asn = Number(event.network.fact)
      for (const { country, start, end } of event.parts) this.add(country, asn, end - start + 1)
    }, { name: 'totals' })
  }
}

/** The totals of what is in the database: a job that goes on counts from there. */
export async function totalsOf(db: SqliteHandle): Promise<Totals> {
  const totals = new Totals()
  await sqliteQuery<{ country: string; asn: number; addresses: number }>(db, 'SELECT country, asn, sum("end" - start + 1) AS addresses FROM networks GROUP BY country, asn')
    .to(forEach(({ country, asn, addresses }) => { totals.add(country, asn, addresses) }))
    .run()
  return totals
}

/** The largest, with the largest first; of equal ones the name decides, so that the order is always the same. */
export function largest<K extends string | number>(sums: ReadonlyMap<K, number>, count: number): [name: K, sum: number][] {
  return [...sums].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, count)
}

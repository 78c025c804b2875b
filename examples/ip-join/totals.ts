import { forEach } from '@sluice/core'
import { sqliteQuery, type SqliteHandle } from '@sluice/adapters/sqlite'
import type { JoinEvent } from './position'

/** A network with the addresses it announces. */
export interface NetworkTotal {
  readonly asn: number
  readonly organisation: string
  addresses: number
}

/** Addresses by country and by network, of everything that was resolved. */
export class Totals {
  readonly countries = new Map<string, number>()
  readonly networks = new Map<number, NetworkTotal>()
  addresses = 0

  add(country: string, asn: number, organisation: string, addresses: number): void {
    this.addresses += addresses
    this.countries.set(country, (this.countries.get(country) ?? 0) + addresses)
    const network = this.networks.get(asn)
    if (network) network.addresses += addresses
    else this.networks.set(asn, { asn, organisation, addresses })
  }

  /** Where the branch that counts ends. */
  sink() {
    return forEach<JoinEvent>((event) => {
      if (event.kind !== 'resolved') return
      const { fact, organisation } = event.network
      for (const { country, start, end } of event.parts) this.add(country, Number(fact), organisation, end - start + 1)
    }, { name: 'totals' })
  }
}

/** The totals of what is in the database: a job that goes on counts from there. */
export async function totalsOf(db: SqliteHandle): Promise<Totals> {
  interface Sum {
    readonly country: string
    readonly asn: number
    readonly organisation: string
    readonly addresses: number
  }
  const totals = new Totals()
  // Of an AS with several names the first one counts, as it does for who reads the file.
  const sums = sqliteQuery<Sum>(db, `
    SELECT country, asn, organisation, sum("end" - start + 1) AS addresses, min(start) AS first
    FROM networks GROUP BY country, asn, organisation ORDER BY first`)
  await sums.to(forEach(({ country, asn, organisation, addresses }) => { totals.add(country, asn, organisation, addresses) })).run()
  return totals
}

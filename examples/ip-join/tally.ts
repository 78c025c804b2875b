import type { Joined } from './range-join'
import type { Network, Row } from './ranges'

/** A network with the addresses it announces. */
export interface NetworkTotal extends Network {
  addresses: number
}

/** What was found so far: addresses per country and per network, and the rows that were given up. */
export class Tally {
  readonly countries = new Map<string, number>()
  readonly networks = new Map<number, NetworkTotal>()
  /** Rows of the networks file for which a country is known. */
  joined = 0
  /** Lines of the result. */
  parts = 0
  addresses = 0
  readonly rejectedByFile = new Map<string, number>()
  readonly reasons = new Map<string, number>()

  add({ left, parts }: Joined<Network, string>): void {
    this.joined++
    const { asn } = left.facts
    let network = this.networks.get(asn)
    if (network === undefined) this.networks.set(asn, (network = { ...left.facts, addresses: 0 }))
    for (const { start, end, facts: country } of parts) {
      const addresses = end - start + 1
      this.parts++
      this.addresses += addresses
      network.addresses += addresses
      this.countries.set(country, (this.countries.get(country) ?? 0) + addresses)
    }
  }

  reject(row: Row, error: unknown): void {
    this.rejectedByFile.set(row.file, this.rejected(row.file) + 1)
    // Without the values, so that a broken file does not make a reason per row.
    const reason = (error as Error).message.replace(/[:(].*/, '').trim()
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1)
  }

  rejected(file: string): number {
    return this.rejectedByFile.get(file) ?? 0
  }
}

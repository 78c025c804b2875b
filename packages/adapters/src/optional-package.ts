import { coded } from '@sluice/core/authoring'

/** Loads a package that is an optional peer: only who uses it has it. */
export async function optionalPackage<P>(owner: string, name: string, load: () => Promise<P>): Promise<P> {
  try {
    return await load()
  } catch (error) {
    throw coded('SLUICE_PLATFORM', new Error(`${owner} needs the package ${name}: npm install ${name}`, { cause: error }))
  }
}

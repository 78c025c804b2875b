import { OptionError } from '@sluice/core'

/** Makes something of core's, and tells its wrong options by the name of the operator that was given them. */
export function inNameOf<T>(owner: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof OptionError)) throw error
    throw new OptionError(owner, error.option, error.value, error.allowed, error.message.replace(error.owner, owner))
  }
}

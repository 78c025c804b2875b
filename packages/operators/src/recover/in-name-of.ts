import { OptionError } from '@sluice/core'
import { hasCode } from '@sluice/core/authoring'

/** Makes something of core's, and tells its wrong options by the name of the operator that was given them. */
export function inNameOf<T>(owner: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (!hasCode(error, 'SLUICE_OPTION')) throw error
    const { owner: maker, option, value, allowed, message } = error as OptionError
    throw new OptionError(owner, option, value, allowed, message.replace(maker, owner))
  }
}

import { OptionError } from '@sluice/core'
import type { InspectOptions } from './inspect-options'

const ALLOWED = "a list such as 'port=4000,host=127.0.0.1,record=run.sluice.gz,token=…,controls=false,taps=false,stay=true,allowProduction=true,page=false'"

/** What `SLUICE_INSPECT` may say. */
export interface Settings extends InspectOptions {
  /** False where nothing is to be served, and `record` is all that is wanted. Default true. */
  readonly page?: boolean
}

/**
 * The options in `SLUICE_INSPECT`: `port=0,record=f`.
 *
 * @throws OptionError where there is an unknown one.
 */
export function settingsOf(text: string | undefined): Settings {
  const options: Record<string, unknown> = {}
  for (const part of (text ?? '').split(',')) {
    if (part.trim() === '') continue
    const [name = '', ...rest] = part.split('=')
    const value = rest.join('=').trim()
    switch (name.trim()) {
      case 'port': options['port'] = Number(value); break
      case 'host': case 'record': case 'token': options[name.trim()] = value; break
      case 'controls': case 'taps': case 'stay': case 'allowProduction': case 'page': options[name.trim()] = value === '' || value === 'true'; break
      default: throw new OptionError('SLUICE_INSPECT', name.trim(), part, ALLOWED)
    }
  }
  return options
}

import { OptionError, type LimitLike } from '@sluice/core'
import { declare, flagged, isBranded, LIMIT, maybeFn, rule, text, whole, yesNo } from '@sluice/core/authoring'
import type { Redact } from '../values/shown'

/** Options of `inspect`. */
export interface InspectOptions {
  /** Default 0: one that is free. */
  readonly port?: number | undefined
  /** A loopback address, or `localhost`; else the address of one interface of this machine. Default `'127.0.0.1'`, and `'::1'` beside it. */
  readonly host?: string | undefined
  /** Allows the page where `NODE_ENV` is `production`. Default false. */
  readonly allowProduction?: boolean | undefined
  /** Whether the page may pause, resume, stop, abort and adjust. Default true. */
  readonly controls?: boolean | undefined
  /** Whether the page may show values that stages hand on, as they pass, while somebody asks for them. Default true. */
  readonly taps?: boolean | undefined
  /** What of an item is shown, of one that failed and of one that passes. Fields whose names say secret are masked in any case. */
  readonly redact?: Redact | undefined
  /** A file that everything is recorded in, from now on, gzipped. */
  readonly record?: string | undefined
  /** Limits that are shown, and adjusted where `controls` are allowed. */
  readonly limits?: readonly LimitLike[] | undefined
  /** At least 32 letters, digits, `-` and `_`. Default: a random one. With a fixed one an open page finds the program again after a restart. */
  readonly token?: string | undefined
  /** Keeps the process alive while the page is served. Default false. */
  readonly keepAlive?: boolean | undefined
  /**
   * When the program has nothing left to do, the page stays until Ctrl-C, and a line on stderr says so: a short run can be looked at after its end.
   * No effect on a program that calls `process.exit` or fails. Default false.
   */
  readonly stay?: boolean | undefined
}

const isLimits = (value: unknown): boolean => Array.isArray(value) && value.every((limit) => isBranded(limit, LIMIT))

const INSPECT = /* @__PURE__ */ declare('inspect', () => ({
  options: {
    port: whole(0, 65_535).or(0), host: rule<string>('an address of this machine, not of all its interfaces', isHost).or('127.0.0.1'), allowProduction: flagged, controls: yesNo().or(true), taps: yesNo().or(true),
    redact: maybeFn, record: text, limits: rule<readonly LimitLike[]>('a list of Limits', isLimits).or([]), keepAlive: flagged, stay: flagged,
    token: rule<string>('a text of at least 32 letters, digits, - and _', (value) => typeof value === 'string' && /^[\w-]{32,256}$/.test(value)).maybe(),
  },
}))

/** Checks the options, and that a page is wanted in production where this is production. */
export function checkInspectOptions(options: InspectOptions | undefined) {
  const given = INSPECT.read(options)
  if (process.env['NODE_ENV'] === 'production' && !given.allowProduction) {
    throw new OptionError('inspect', 'allowProduction', given.allowProduction, 'true where NODE_ENV is production: whoever has the token sees and steers the runs')
  }
  return given
}

export type CheckedInspectOptions = ReturnType<typeof checkInspectOptions>

/** One interface: whoever binds them all is seen by networks that nobody thought of. */
function isHost(value: unknown): boolean {
  return typeof value === 'string' && /^[\w.:-]{1,255}$/.test(value) && !['0.0.0.0', '::', '0', '0:0:0:0:0:0:0:0'].includes(value)
}

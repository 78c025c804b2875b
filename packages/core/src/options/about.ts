import type { Use } from '../copies/parts'
import type { Site } from '../site/site'
import type { Declaration, Rules } from './declare'

/** What is known of a source, an operator behind its upstream, or a sink, before it runs. */
export interface About {
  /** As it will be shown in failures, stats and the graph. */
  readonly name: string
  /** What it was declared as; undefined where it declares nothing. */
  readonly declaration?: Declaration<Rules, Rules> | undefined
  /** The options, checked. */
  readonly given?: Readonly<Record<string, unknown>> | undefined
  /** The sources it reads, the upstream first; a pipeline that runs inside it; another {@link Told}. */
  readonly inputs?: readonly unknown[] | undefined
  /** The pipelines that it feeds beside what it hands on. */
  readonly sides?: readonly unknown[] | undefined
  /** What it shares with other pipelines, besides the limits among its options. */
  readonly uses?: readonly Use[] | undefined
}

/** What tells about itself. */
export interface Told {
  about?: About | undefined
  /** Where the program built it: null where nobody looked, undefined where it is a part of something that has a place. */
  site?: Site | null | undefined
}

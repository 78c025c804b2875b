import type { Run } from '@sluice/core'
import { assert, assertEqual, LawViolation } from '../../probe/assert'
import { assemble, type Assembly, type Fittings } from './assemble'
import { breaking } from './breaking'
import { collector, type Demand } from './collector'
import type { Draft } from './draft'
import { Actor, actionText, at, endingOf, type Ending, type EndingKind } from './ending'
import type { CompositionEntry } from './entry'
import { judge } from './judge'
import { World } from './world'

/** A composition that was played: what it looked like, and what was wrong with it. */
export interface Played {
  /** The whole as code to paste. */
  readonly code: () => string
  readonly violation: LawViolation | undefined
}

const LIMITS = [256, 1, 2, 3, 7]

/** Which laws a composition is held to, beside what its references say. */
export interface PlayOptions {
  /** Each value that a source gave has one fate: the totals of the run add up. Default true. */
  readonly conservation?: boolean | undefined
  /** How compositions may end; one that would end in another way completes. Default: in every way. */
  readonly endings?: readonly EndingKind[] | undefined
}

/** Makes the pipeline of a draft, runs it to its end and judges it. Never rejects. */
export async function play(draft: Draft, entries: readonly CompositionEntry[], { conservation = true, endings }: PlayOptions = {}): Promise<Played> {
  const composition = new Composition(draft, entries, endings)
  let violation: LawViolation | undefined
  try {
    await composition.play()
    if (conservation) composition.judgeTotals()
  } catch (error) {
    violation = error instanceof LawViolation ? error : new LawViolation(`the law itself failed: ${String(error instanceof Error ? error.stack : error)}`)
  }
  return { code: () => composition.text(), violation }
}

/** A failure of the source and an abort, told apart from all others by what they are. */
class Boom extends Error {}
class Aborted extends Error {}

class Composition {
  readonly #world: World
  readonly #ending: Ending
  readonly #demand: Demand
  readonly #assembly: Assembly
  readonly #boom = new Boom('boom')
  readonly #aborted = new Aborted('aborted')
  readonly #actor = new Actor()
  #run: Run<number[]> | undefined

  constructor(draft: Draft, entries: readonly CompositionEntry[], endings: readonly EndingKind[] | undefined) {
    const [, , ending, schedule, [limit, slow]] = draft
    this.#world = new World(schedule)
    this.#ending = endingOf(ending, endings)
    const take = this.#ending.kind === 'takes' ? this.#ending.count : Infinity
    this.#demand = { limit: LIMITS[limit] ?? 256, take, slowMs: slow === 4 ? 1 : 0 }
    this.#assembly = assemble(draft, entries, this.#world, this.#fittings(schedule[2] === 1))
  }

  async play(): Promise<void> {
    const { source, joints, stretches, passages } = this.#assembly
    const { clock, scheduler } = this.#world
    const run = (this.#run = source.to(collector(this.#demand, clock)).run({ clock, scheduler, random: () => 0.5 }))
    let outcome: { readonly result: number[] } | { readonly error: unknown } | undefined
    run.then((result) => { outcome = { result } }, (error: unknown) => { outcome = { error } })
    const rest = await this.#world.runOut(() => outcome !== undefined && this.#actor.settled)
    if (rest !== 'settled' || outcome === undefined) {
      throw new LawViolation(`W1: the run ${rest === 'settled' ? 'never ends' : rest} (${run.status}); ${joints.map((each, index) => `joint ${index}: ${each.map(({ end, values }) => `${end} after ${values.length}`).join(' and ')}`).join('; ')}`)
    }
    const failed = 'error' in outcome ? { error: outcome.error } : undefined
    const known = failed && (failed.error === this.#boom || failed.error === this.#aborted)
    if (failed && !known && failed.error instanceof LawViolation) throw failed.error
    for (const stretch of stretches) judge(stretch)
    if (failed && !known) throw new LawViolation(`the run failed by itself: ${String(failed.error instanceof Error ? failed.error.stack : failed.error)}`)
    this.#judgeEnd(outcome)
    for (const passage of passages.flat()) {
      assert(passage.end !== 'open' && passage.closes === 1, `O4: a joint was closed ${passage.closes} times (${passage.end}), after [${passage.values.join(', ')}]`)
    }
  }

  /** Each value that was read has one fate; where every part has come to its end, none was given up. */
  judgeTotals(): void {
    if (!this.#run) return
    const { totals } = this.#run.stats()
    const text = Object.entries(totals).filter(([name]) => name !== 'reasons').map(([name, count]) => `${name} ${String(count)}`).join(', ')
    const { read, delivered, absorbed, dropped, skipped, deadLettered, failed, abandoned, inFlight } = totals
    const fates = [delivered, absorbed, dropped, skipped, deadLettered, failed, abandoned]
    assert(inFlight === 0 && read === fates.reduce((sum, count) => sum + count, 0), `W2: what was read is not what became of it: ${text}`)
    assert(fates.every((count) => count >= 0), `W2: fewer than none: ${text}`)
    // A stop cuts short what goes on for ever, and what it was read for is given up.
    const cutShort = this.#assembly.live && this.#actor.stopped !== undefined
    const ended = !cutShort && this.#assembly.passages.flat().every(({ end }) => end === 'done')
    assert(!ended || abandoned === 0, `W2: values were given up though every part had come to its end: ${text}`)
  }

  /** The run settles as its last joint ended. */
  #judgeEnd(outcome: { readonly result: number[] } | { readonly error: unknown }): void {
    const last = this.#assembly.joints.at(-1)?.[0]
    const { kind } = this.#ending
    if ('result' in outcome) {
      if (last === undefined) return
      assertEqual(outcome.result, last.values, 'the result of the run')
      assert(last.end !== 'failed', 'the run completed though its last stage had failed')
      // An abort in the very pull that answers DONE comes too late.
      assert(last.end === 'done' || kind === 'takes' || (kind === 'abort' && this.#actor.acted), 'the run completed before its last stage had')
    } else {
      if (outcome.error === this.#boom) assert(kind === 'fails', 'failed with an error that is not there')
      else assert(this.#actor.acted && kind === 'abort', 'aborted though nobody did')
    }
    const { stopped } = this.#actor
    if (stopped && 'result' in outcome) {
      assertEqual(stopped.status, 'completed', 'the status of the report of the stop')
    }
  }

  #fittings(dirty: boolean): Fittings {
    const ending = this.#ending
    let done = false
    return {
      first: ending.kind !== 'fails' ? undefined : {
        operator: breaking<number>(ending.after, this.#boom, ending.times),
        text: `breaking(${ending.after}, boom${ending.times === Infinity ? '' : `, ${ending.times}`})`,
      },
      inner: { told: this.#told },
      jointAt: (index, last) => {
        const acts = 'joint' in ending && !done && (ending.joint === index || last)
        if (!acts) return { options: { dirty, told: this.#told }, text: dirty ? 'joint([], { dirty: true })' : undefined }
        done = true
        const onPull = (pulls: number): void => {
          if (pulls !== ending.pulls || this.#actor.acted) return
          at(ending.where, this.#world, () => { if (this.#run) this.#actor.act(this.#run, ending.kind, this.#world, this.#aborted) })
        }
        return {
          options: { dirty, told: this.#told, onPull },
          text: `joint([], { ${dirty ? 'dirty: true, ' : ''}onPull: (pulls) => { if (pulls === ${ending.pulls}) ${actionText(ending)} } })`,
        }
      },
    }
  }

  readonly #told = (): 'stop' | 'abort' | undefined => {
    if (!this.#actor.acted || this.#ending.kind === 'pause') return undefined
    return this.#ending.kind === 'abort' ? 'abort' : 'stop'
  }

  text(): string {
    const { sourceText, texts, imports } = this.#assembly
    const { limit, take, slowMs } = this.#demand
    const whole = `${sourceText}.pipe(\n${texts.map((each) => `  ${each},\n`).join('')}).to(collector({ limit: ${limit}, take: ${take}, slowMs: ${slowMs} }, clock)).run({ clock, scheduler, random: () => 0.5 })`
    const core = ['SliceScheduler', 'defer', 'using', 'macrotask'].filter((name) => `${whole}${this.#world.text}`.includes(`${name}(`))
    const testing = ['VirtualClock', 'collector', 'shaped', 'breaking', 'joint', 'warm', 'ExploringScheduler', 'TickingClock']
      .filter((name) => name === 'VirtualClock' || `${whole}${this.#world.text}`.includes(`${name}(`))
    const all = new Map<string, Set<string>>([['@sluice/core', new Set(core)], ['@sluice/testing', new Set(testing)]])
    for (const [module, names] of imports) for (const name of names) all.set(module, (all.get(module) ?? new Set()).add(name))
    return [
      ...[...all].filter(([, names]) => names.size > 0).map(([module, names]) => `import { ${[...names].sort().join(', ')} } from '${module}'`),
      '', 'const clock = new VirtualClock()', `const scheduler = ${this.#world.text}`,
      ...(whole.includes('boom') ? ["const boom = new Error('boom')"] : []),
      ...(whole.includes('aborted') ? ["const aborted = new Error('aborted')"] : []),
      `const run = ${whole}`,
      'console.log(await clock.runOut(run))', '',
    ].join('\n')
  }
}

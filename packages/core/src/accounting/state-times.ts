import type { StageStatus, StageTime } from '../contract/stage-stats'

/** How long a stage was in each of its states, in ms. */
export class StateTimes {
  // Minus zero for the reason that is given in `run-task.ts`.
  working = -0
  #calling = -0
  limited = -0
  #idle = -0
  #backpressured = -0
  blocked = -0

  add(state: StageStatus, ms: number): void {
    // By its name a field would cost several times as much.
    switch (state) {
      case 'working': this.working += ms; break
      case 'calling': this.#calling += ms; break
      case 'limited': this.limited += ms; break
      case 'idle': this.#idle += ms; break
      case 'backpressured': this.#backpressured += ms; break
      case 'blocked': this.blocked += ms
    }
  }

  /** So much of the time in `limited` was time in `idle`, as is known only now. */
  wasIdle(ms: number): void {
    this.limited -= ms
    this.#idle += ms
  }

  read(): StageTime {
    return {
      workingMs: this.working + 0, callingMs: this.#calling + 0, limitedMs: this.limited + 0,
      idleMs: this.#idle + 0, backpressuredMs: this.#backpressured + 0, blockedMs: this.blocked + 0,
    }
  }
}

import { describe, expect, it } from 'vitest'
import { Rounds, type Participant } from './rounds'

class Player implements Participant {
  round = 0
  done = 0
  isQueued = false
}

/** A run of so many tasks whose turns the test gives, in any order. */
class Table {
  readonly rounds = new Rounds()
  readonly told: string[] = []
  #ready = 0
  #moved = 0

  player(): Player {
    const player = new Player()
    this.rounds.enter(player)
    return player
  }

  wake(player: Player): void {
    if (player.isQueued) return
    player.isQueued = true
    this.#ready++
    this.rounds.joined(player)
  }

  turn(player: Player, moves = 0, then: () => void = () => {}): void {
    player.isQueued = false
    const counts = this.rounds.began(player, this.#moved)
    this.#moved += moves
    then()
    this.#ready--
    this.rounds.ended(player, counts, this.#ready, this.#moved)
  }

  leave(player: Player): void {
    player.isQueued = false
    this.#ready--
    this.rounds.left(player, this.#ready)
  }

  after(name: string): boolean {
    return this.rounds.after(() => { this.told.push(name) }, this.#ready)
  }
}

/** A table whose holder asks for a round while two others are ready. */
function asked(): { table: Table; holder: Player; first: Player; second: Player } {
  const table = new Table()
  const holder = table.player()
  const first = table.player()
  const second = table.player()
  for (const player of [holder, first, second]) table.wake(player)
  table.turn(holder, 0, () => { table.after('holder') })
  return { table, holder, first, second }
}

describe('R73: a round', () => {
  it('is none where no other task is ready, even where the task that asks has woken itself', () => {
    const table = new Table()
    const holder = table.player()
    table.wake(holder)
    table.turn(holder, 0, () => {
      table.wake(holder)
      expect(table.after('holder')).toBe(false)
    })
    expect(table.told).toEqual([])
  })

  it('is over when each task that was ready has had its turn, however often the one that asked has had one', () => {
    const { table, holder, first, second } = asked()
    table.turn(second)
    for (let turns = 0; turns < 100; turns++) {
      table.wake(holder)
      table.turn(holder, 1)
    }
    expect(table.told).toEqual([])
    table.turn(first)
    expect(table.told).toEqual(['holder'])
  })

  it('waits for a task that another one wakes, though it came too early once', () => {
    const { table, first, second } = asked()
    table.turn(second)
    table.turn(first, 1, () => { table.wake(second) })
    expect(table.told).toEqual([])
    table.turn(second, 1)
    expect(table.told).toEqual(['holder'])
  })

  it('waits for a task whose slice was over early, and for no endless work', () => {
    const { table, first: endless, second } = asked()
    table.turn(second)
    let turns = 0
    while (table.told.length === 0) {
      table.turn(endless, 1, () => { table.wake(endless) })
      turns++
    }
    expect(turns).toBe(16)
    const other = asked()
    other.table.turn(other.second)
    other.table.turn(other.first, 64, () => { other.table.wake(other.first) })
    expect(other.table.told).toEqual(['holder'])
  })

  it('waits for no task that was made meanwhile', () => {
    const { table, first, second } = asked()
    table.turn(second)
    table.wake(table.player())
    table.turn(first)
    expect(table.told).toEqual(['holder'])
  })

  it('does not wait for a task that has ended before its turn', () => {
    const { table, first, second } = asked()
    table.turn(second)
    table.leave(first)
    expect(table.told).toEqual(['holder'])
  })

  it('is a whole one for whoever asks while another is open', () => {
    const { table, first, second } = asked()
    table.turn(first, 64, () => {
      table.after('late')
      table.wake(first)
    })
    table.turn(second)
    expect(table.told).toEqual(['holder'])
    table.turn(first)
    expect(table.told).toEqual(['holder', 'late'])
  })
})

import type { Task } from '../contract/scheduler'

/** Ready tasks in their order, each with the one after it: a list needs no room and no moving. */
export class TaskList {
  #first: Task | undefined
  #last: Task | undefined
  size = 0

  get isEmpty(): boolean {
    return this.#first === undefined
  }

  push(task: Task): void {
    if (this.#first === undefined) this.#first = task
    else (this.#last as Task).next = task
    this.#last = task
    this.size++
  }

  shift(): Task | undefined {
    const task = this.#first
    if (task === undefined) return undefined
    this.#first = task.next
    // What is done is not kept alive.
    if (task.next === undefined) this.#last = undefined
    task.next = undefined
    this.size--
    return task
  }

  /** Moves all tasks of `other` before those of this list. */
  prepend(other: TaskList): void {
    if (other.#first === undefined) return
    if (this.#first === undefined) this.#last = other.#last
    else (other.#last as Task).next = this.#first
    this.#first = other.#first
    this.size += other.size
    other.#first = other.#last = undefined
    other.size = 0
  }
}

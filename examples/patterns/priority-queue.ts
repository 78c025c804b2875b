/**
 *            ┌ urgent      a c ┐
 *   put ──▶  ┤ normal      b   ├ ──▶ take: a, c, b, d
 *            └ background  d   ┘
 *
 * The most urgent task first, in the order of arrival within a level, and one bound over all levels: a flood of
 * background work makes its producer wait (or loses its own oldest), and costs the urgent tasks nothing.
 */
import { PriorityQueue } from 'sluice'

const LEVELS = ['urgent', 'normal', 'background'] as const
interface Task { readonly name: string; readonly level: (typeof LEVELS)[number] }

const task = (name: string, level: Task['level']): Task => ({ name, level })
const options = { levels: LEVELS.length, priority: ({ level }: Task) => LEVELS.indexOf(level) }

const tasks = new PriorityQueue<Task>({ capacity: 10, ...options })
await tasks.put(task('rebuild the index', 'background'))
await tasks.put(task('send the invoice', 'normal'))
await tasks.put(task('page the engineer', 'urgent'))
await tasks.put(task('resize the photo', 'normal'))
await tasks.put(task('open the valve', 'urgent'))
tasks.close()

for await (const { name, level } of tasks) console.log(`${level.padEnd(10)} ${name}`)

const small = new PriorityQueue<Task>({
  capacity: 2,
  ...options,
  overflow: 'drop-oldest', // of a priority queue: the least urgent one
  onDrop: ({ name }) => console.log(`full, so not done: ${name}`),
})
small.tryPut(task('rebuild the index', 'background'))
small.tryPut(task('send the invoice', 'normal'))
small.tryPut(task('page the engineer', 'urgent'))
console.log(`next: ${small.tryTake()?.name}, then: ${small.tryTake()?.name}`)

try {
  small.tryPut({ name: 'water the plants', level: 'whenever' as Task['level'] })
} catch (error) {
  console.log(String(error))
}

import sluice = require('sluice')

export = {
  double: sluice.map((n: number) => n * 2),
  collect: (): sluice.Sink<number, number[]> => sluice.toArray<number>(),
  numbers: sluice.range(0, 3),
  limit: new sluice.Limit({ concurrency: 2 }),
  queue: new sluice.BoundedQueue<number>({ capacity: 1 }),
  topic: new sluice.Topic<number>({ capacity: 1 }),
  circuit: new sluice.Circuit({ failures: 1, resetMs: 1 }),
}

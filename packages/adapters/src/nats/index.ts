export type { NatsServer } from './link'
export { natsQueue, type NatsQueueOptions } from './nats-queue'

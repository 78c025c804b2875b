/*
 * One door for people who build pipelines: all of core's front door and all operators. No name means two things.
 */
export * from '@sluice/core'
export * from '@sluice/core/durable'
export * from '@sluice/operators'

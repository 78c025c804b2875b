/*
 * For `node --import @sluice/inspector/register app.js`: watches every run of the program, without a change of the program.
 */
import { isMainThread } from 'node:worker_threads'
import { watchRuns } from '@sluice/core/authoring'
import { beginWith } from './server/from-first-run'
import { settingsOf } from './server/settings'

// Threads open no port of their own.
if (isMainThread) {
  const settings = settingsOf(process.env['SLUICE_INSPECT'])
  const unwatch = watchRuns((run) => {
    // A program without a run is not disturbed at all.
    unwatch()
    beginWith(run, settings)
  })
}

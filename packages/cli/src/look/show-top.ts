/*
 * Loaded into a program before its own files: shows its runs on the terminal.
 */
import { isMainThread } from 'node:worker_threads'
import { top } from '@sluice/inspector'

// Threads have no terminal of their own.
if (isMainThread) top()

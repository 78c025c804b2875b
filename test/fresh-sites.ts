import { capture } from '../packages/core/src/site/capture'

// Files of tests that share a process share what it may spend on the places of stages, and each is to find that unspent.
capture.which = true
capture.left = 1_000

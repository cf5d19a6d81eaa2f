// `npm run demo`: sets up what the command needs and runs `recount demo` with the given arguments.
import { runNode } from './run.mjs'
import { setUp } from './setup.mjs'

setUp({ only: 'recount' })
runNode(['packages/cli/bin/recount.js', 'demo', ...process.argv.slice(2)])

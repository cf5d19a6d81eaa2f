// `npm run bench`: builds, installs the benches' own packages (competitors are no dependency of ours), and runs them with
// the given arguments.
import { runNode } from './run.mjs'
import { installPackages, root, setUp } from './setup.mjs'

setUp()
installPackages(`${root}/bench`)
runNode(['bench/run.mjs', ...process.argv.slice(2)])

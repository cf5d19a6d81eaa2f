import { spawnSync } from 'node:child_process'

/** Whether a program is there, or can be had from Debian as root. */
function canRun(command: string, debian: string): boolean {
  const works = () => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
  if (works()) return true
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  spawnSync('apt-get', ['update', '-qq'])
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', debian])
  return works()
}

interface Needs {
  readonly skip: string | false
}

/** Options of a test that renders Markdown as GitHub does: where that cannot be done it is left out, by name and with the reason. */
export const needsCmark: Needs = {
  skip: canRun('cmark-gfm', 'cmark-gfm')
    ? false
    : 'needs cmark-gfm (Debian: apt-get install cmark-gfm)',
}

/** The same of a test that looks at a page in a browser. */
export const needsChromium: Needs = {
  skip: canRun('chromium', 'chromium')
    ? false
    : 'needs Chromium (Debian: apt-get install chromium)',
}

import { spawnSync } from 'node:child_process'

function canRun(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
}

interface Needs {
  readonly skip: string | false
}

/** Options of a test that renders Markdown as GitHub does: where that cannot be done it is left out, by name and with the reason. */
export const needsCmark: Needs = {
  skip: canRun('cmark-gfm') ? false : 'needs cmark-gfm (Debian: apt-get install cmark-gfm)',
}

/** The same of a test that looks at a page in a browser. */
export const needsChromium: Needs = {
  skip: canRun('chromium') ? false : 'needs Chromium (Debian: apt-get install chromium)',
}

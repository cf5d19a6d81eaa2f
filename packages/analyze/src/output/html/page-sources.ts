import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** What stands in the page as it is. */
export interface PageSources {
  readonly style: string
  readonly script: string
}

/** The style and the script of the page, with uPlot's and its licence. */
export function pageSources(): PageSources {
  // By the package's own name, because a bundle of this module lies elsewhere than the module.
  const require = createRequire(import.meta.url)
  const page = join(dirname(require.resolve('@recount/analyze/package.json')), 'page')
  const read = (path: string) => readFileSync(path, 'utf8').trim()
  const uplot = dirname(dirname(require.resolve('uplot')))
  const licence = `/*! uPlot\n${read(join(uplot, 'LICENSE'))}\n*/`
  return {
    style: [read(join(uplot, 'dist', 'uPlot.min.css')), read(join(page, 'report.css'))].join('\n'),
    script: [
      licence,
      read(join(uplot, 'dist', 'uPlot.iife.min.js')),
      read(join(page, 'report.js')),
    ].join('\n'),
  }
}

// Bundles the entries of the package in the current folder, those that it exports and those that are named after the command,
// because loading a hundred small modules takes Node longer than running them: the compiled sources in dist/src become one file
// an entry, plus what entries share, in dist/lib.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { build, transform } from 'esbuild'

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))
const exported = Object.values(exports).flatMap((entry) => entry.default ?? [])
const entries = [...exported, ...process.argv.slice(2).map((entry) => `./${entry}`)]

await build({
  entryPoints: entries.map((entry) => entry.replace('./dist/lib/', './dist/src/')),
  outbase: 'dist/src',
  outdir: 'dist/lib',
  bundle: true,
  // State such as the trace context must be one for all entries, so what they share is a file of its own.
  splitting: true,
  chunkNames: 'shared-[hash]',
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
})

// Validators are generated: nobody reads them, and they are most of what is installed.
const VALIDATORS = 'dist/lib/validate.js'
if (existsSync(VALIDATORS)) {
  const { code } = await transform(readFileSync(VALIDATORS, 'utf8'), {
    format: 'esm',
    minify: true,
  })
  writeFileSync(VALIDATORS, code.replace(/\n?\/\/# sourceMappingURL=.*\n?$/, '\n'))
  rmSync(`${VALIDATORS}.map`, { force: true })
}

// Whoever installs the logger gets the shapes of others' logs and does not load them: as short as can be, beside their sources.
const SHAPES = 'dist/lib/shapes.js'
if (existsSync(SHAPES)) {
  const before = `data:application/json;base64,${readFileSync(`${SHAPES}.map`, 'base64')}`
  const text = readFileSync(SHAPES, 'utf8').replace(/(?<=sourceMappingURL=).*(?=\n)/, before)
  const { code, map } = await transform(text, {
    ...{ format: 'esm', minify: true, sourcefile: 'shapes.js' },
    ...{ sourcemap: true, sourcesContent: false },
  })
  writeFileSync(SHAPES, `${code}//# sourceMappingURL=shapes.js.map\n`)
  writeFileSync(`${SHAPES}.map`, map)
}

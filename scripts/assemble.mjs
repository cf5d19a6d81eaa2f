// Writes the WebAssembly modules of the packages, each from the text beside it; with --check, says which are not as their text.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import wabt from 'wabt'

const MODULES = [{ text: 'packages/analyze/src/input/line-scan.wat', name: 'LINE_SCAN_MODULE' }]

/** The TypeScript that holds the module of a text. */
async function assembled({ text, name }) {
  const path = fileURLToPath(new URL(`../${text}`, import.meta.url))
  const module = (await wabt()).parseWat(text, readFileSync(path, 'utf8'), { simd: true })
  module.resolveNames()
  module.validate({ simd: true })
  const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64')
  module.destroy()
  const source = `// Assembled by scripts/assemble.mjs from ${text.split('/').at(-1)}.\n\n`
  return {
    path: path.replace('.wat', '-module.ts'),
    source: `${source}/** A WebAssembly module, as base64. */\nexport const ${name} =\n  '${base64}'\n`,
  }
}

for (const module of MODULES) {
  const { path, source } = await assembled(module)
  if (!process.argv.includes('--check')) writeFileSync(path, source)
  else if (readFileSync(path, 'utf8') !== source) {
    process.stderr.write(`${path} is not as ${module.text} has it: run npm run assemble\n`)
    process.exitCode = 1
  }
}

#!/usr/bin/env node
import { existsSync } from 'node:fs'

const main = new URL('../dist/lib/main.js', import.meta.url)
if (!existsSync(main)) {
  process.stderr.write('recount is not built yet. In the repository, run: npm run build\n')
  process.exit(3)
}
await import(main.href)

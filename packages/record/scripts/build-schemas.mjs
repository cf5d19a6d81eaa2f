// The event types are the source. From them this makes, in dist: one JSON Schema (draft 2020-12) an event, and one module
// of standalone validators, so that nothing at run time needs ajv or a schema file.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import standaloneCode from 'ajv/dist/standalone/index.js'
import { createGenerator } from 'ts-json-schema-generator'
import { EVENTS } from '../dist/src/events.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const generator = createGenerator({
  path: `${root}/src/events.ts`,
  tsconfig: `${root}/tsconfig.json`,
  type: 'EventTypes',
  additionalProperties: true,
  topRef: false,
  skipTypeCheck: true,
})
const { definitions, properties } = generator.createSchema('EventTypes')

/** A definition by the reference to it, with references rewritten to draft 2020-12's `$defs`. */
const rewrite = (schema) =>
  JSON.parse(JSON.stringify(schema).replaceAll('#/definitions/', '#/$defs/'))
const definition = (schema) =>
  rewrite(definitions[decodeURIComponent(schema.$ref.split('/').at(-1))])

/** The definitions that a schema refers to, directly or through others. */
function referenced(schema, found = {}) {
  for (const [, name] of JSON.stringify(schema).matchAll(/#\/\$defs\/([^"]+)/g)) {
    if (name in found) continue
    found[name] = definition({ $ref: name })
    referenced(found[name], found)
  }
  return found
}

mkdirSync(`${root}/dist/src/schema`, { recursive: true })
const schemas = EVENTS.map((event) => {
  const schema = definition(properties[event])
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:recount:1:${event}`,
    title: event,
    ...schema,
    $defs: referenced(schema),
  }
})
for (const schema of schemas) {
  const file = `${root}/dist/src/schema/${schema.title}.json`
  writeFileSync(file, `${JSON.stringify(schema, null, 1)}\n`)
}

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  code: { source: true, esm: true },
})
// What a key means is for readers of the schema, not for the validator.
const bare = (schema) =>
  JSON.parse(
    JSON.stringify(schema, (key, value) =>
      key === 'description' && typeof value === 'string' ? undefined : value,
    ),
  )
for (const schema of schemas) ajv.addSchema(bare(schema), schema.title)
const code = standaloneCode(ajv, Object.fromEntries(EVENTS.map((event) => [event, event])))
if (/\brequire\(/.test(code)) {
  throw new Error(
    'A schema uses a keyword whose validator needs ajv at run time (minLength, maxLength, uniqueItems)',
  )
}
const map = `export const validators = { ${EVENTS.join(', ')} };\n`
writeFileSync(`${root}/dist/src/validators.js`, `${code}\n${map}`)
const types = readFileSync(`${root}/src/validators.d.ts`, 'utf8')
writeFileSync(`${root}/dist/src/validators.d.ts`, types)

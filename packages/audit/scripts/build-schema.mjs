// The types in src/event.ts and src/details.ts are the source. From them this makes, in dist: the published JSON Schema (draft
// 2020-12) of an event, and one module of standalone validators, so that nothing at run time needs ajv.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import standaloneCode from 'ajv/dist/standalone/index.js'
import { createGenerator } from 'ts-json-schema-generator'

const root = fileURLToPath(new URL('..', import.meta.url))
const generate = (file, type) => {
  const schema = createGenerator({
    path: `${root}/src/${file}.ts`,
    tsconfig: `${root}/tsconfig.json`,
    type,
    additionalProperties: false,
    topRef: false,
    skipTypeCheck: true,
  }).createSchema(type)
  const found = JSON.parse(JSON.stringify(schema).replaceAll('#/definitions/', '#/$defs/'))
  return merged(found, found.definitions)
}
/** A choice among scalars as one schema with several types, which a validator decides at once. */
function merged(schema, definitions) {
  if (Array.isArray(schema)) return schema.map((item) => merged(item, definitions))
  if (typeof schema !== 'object' || schema === null) return schema
  const entries = Object.entries(schema).map(([key, value]) => [key, merged(value, definitions)])
  const { anyOf, ...rest } = Object.fromEntries(entries)
  if (anyOf === undefined) return rest
  const choices = anyOf.flatMap((choice) => {
    const named = definitions[choice.$ref?.split('/').at(-1)]
    const { description: _, ...said } = merged(named ?? choice, definitions)
    return Array.isArray(said.anyOf) ? said.anyOf : [said]
  })
  const isScalar = ({ type }) => !['object', 'array'].includes(type)
  const scalars = choices.filter(isScalar)
  const one = Object.assign({}, ...scalars, { type: scalars.flatMap(({ type }) => type) })
  const others = choices.filter((choice) => !isScalar(choice))
  return others.length === 0 ? { ...rest, ...one } : { ...rest, anyOf: [one, ...others] }
}

const { definitions, ...event } = generate('event', 'AuditEvent')
const schema = {
  ...event,
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:recount:audit-event:1',
  title: 'Recount audit event',
  $defs: definitions,
}
// What details may hold depends on the action.
const details = generate('details', 'AuditDetails')
const actions = Object.keys(details.properties)
const $defs = { ...details.definitions, ...schema.$defs }
const published = {
  ...schema,
  $defs,
  allOf: actions.map((action) => ({
    if: { properties: { action: { const: action } }, required: ['action'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { details: details.properties[action] } },
  })),
}
mkdirSync(`${root}/dist/src/schema`, { recursive: true })
writeFileSync(`${root}/dist/src/schema/event.json`, `${JSON.stringify(published, null, 2)}\n`)

// One validator an action: a writer knows which one it needs.
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, code: { source: true, esm: true } })
ajv.addSchema({ ...schema, $defs }, 'event')
for (const action of actions) {
  ajv.addSchema({ $id: `urn:recount:${action}`, ...details.properties[action], $defs }, action)
}
const names = { validateEvent: 'event', ...Object.fromEntries(actions.map((a) => [a, a])) }
const code = standaloneCode(ajv, names)
if (/\brequire\(/.test(code)) {
  throw new Error(
    'The schema uses a keyword whose validator needs ajv at run time (minLength, maxLength, uniqueItems)',
  )
}
const byAction = `export const validateDetails = { ${actions.join(', ')} };\n`
writeFileSync(`${root}/dist/src/validator.js`, `${code}\n${byAction}`)
const types = readFileSync(`${root}/src/validator.d.ts`, 'utf8')
writeFileSync(`${root}/dist/src/validator.d.ts`, types)

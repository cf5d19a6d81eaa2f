// The types in src/policy.ts are the source. From them this makes, in dist: the published JSON Schema (draft 2020-12), and
// one module with a standalone validator and the schema, so that nothing at run time needs ajv.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import standaloneCode from 'ajv/dist/standalone/index.js'
import { createGenerator } from 'ts-json-schema-generator'

const root = fileURLToPath(new URL('..', import.meta.url))
const generated = createGenerator({
  path: `${root}/src/policy.ts`,
  tsconfig: `${root}/tsconfig.json`,
  type: 'Policy',
  additionalProperties: false,
  topRef: false,
  skipTypeCheck: true,
}).createSchema('Policy')

const { definitions, ...policy } = JSON.parse(
  JSON.stringify(generated).replaceAll('#/definitions/', '#/$defs/'),
)
const schema = {
  ...policy,
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:recount:policy:1',
  title: 'Recount policy',
  $defs: definitions,
}
mkdirSync(`${root}/dist/src/schema`, { recursive: true })
writeFileSync(`${root}/dist/src/schema/policy.json`, `${JSON.stringify(schema, null, 2)}\n`)

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  code: { source: true, esm: true },
})
ajv.addSchema(schema, 'policy')
const code = standaloneCode(ajv, { validatePolicy: 'policy' })
if (/\brequire\(/.test(code)) {
  throw new Error(
    'The schema uses a keyword whose validator needs ajv at run time (minLength, maxLength, uniqueItems)',
  )
}
const exported = `export const policySchema = ${JSON.stringify(schema)};\n`
writeFileSync(`${root}/dist/src/validator.js`, `${code}\n${exported}`)
const types = readFileSync(`${root}/src/validator.d.ts`, 'utf8')
writeFileSync(`${root}/dist/src/validator.d.ts`, types)

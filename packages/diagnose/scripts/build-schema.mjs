// The types in src/rule.ts are the source. From them this makes, in dist: the published JSON Schema (draft 2020-12) of rule
// files, and a module with a standalone validator, so that nothing at run time needs ajv.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import standaloneCode from 'ajv/dist/standalone/index.js'
import { createGenerator } from 'ts-json-schema-generator'

const root = fileURLToPath(new URL('..', import.meta.url))
const generated = createGenerator({
  path: `${root}/src/rule.ts`,
  tsconfig: `${root}/tsconfig.json`,
  type: 'RuleFile',
  additionalProperties: false,
  topRef: false,
  skipTypeCheck: true,
}).createSchema('RuleFile')

const { definitions, ...file } = JSON.parse(
  JSON.stringify(generated).replaceAll('#/definitions/', '#/$defs/'),
)
const schema = {
  ...file,
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:recount:diagnose-rules:1',
  title: 'Recount rules for diagnosing errors',
  $defs: definitions,
}
mkdirSync(`${root}/dist/src/schema`, { recursive: true })
writeFileSync(`${root}/dist/src/schema/rules.json`, `${JSON.stringify(schema, null, 2)}\n`)

const ajv = new Ajv2020({
  strict: true,
  allowUnionTypes: true,
  code: { source: true, esm: true },
})
ajv.addSchema(schema, 'rules')
const code = standaloneCode(ajv, { validateRuleFile: 'rules' })
if (/\brequire\(/.test(code)) {
  throw new Error('The schema uses a keyword whose validator needs ajv at run time')
}
writeFileSync(`${root}/dist/src/validator.js`, code)
const types = readFileSync(`${root}/src/validator.d.ts`, 'utf8')
writeFileSync(`${root}/dist/src/validator.d.ts`, types)

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recorder } from '@recount/logger/testing'
import OpenAI6 from 'openai'
import OpenAI4 from 'openai-4'
import OpenAI5 from 'openai-5'
import OpenAI7 from 'openai-7'
import { captureFetch, instrument } from '../src/index.ts'
import { calls, outputText } from './calls.ts'
import { BEHAVIOURS, checkBehaviour, type Subject, type ToldCall } from './conformance.ts'
import { conformanceServer } from './conformance-server.ts'

type Class = typeof OpenAI6

const VERSIONS: Readonly<Record<string, unknown>> = {
  'openai 4': OpenAI4,
  'openai 5': OpenAI5,
  'openai 6': OpenAI6,
  'openai 7': OpenAI7,
}
const OPTIONS = { apiKey: 'none', maxRetries: 0 }

function subjects(version: string, Client: Class): Subject[] {
  const bare: Subject = {
    name: `${version}, bare`,
    Client,
    open: (baseURL) => new Client({ ...OPTIONS, baseURL }),
  }
  let recorded = recorder()
  const told = (): ToldCall[] =>
    calls(recorded).map((call) => ({
      ended: true,
      text: outputText(recorded, call),
      tools: call.tools?.called ?? [],
    }))
  return [
    bare,
    {
      name: `${version} with instrument()`,
      Client,
      told,
      open(baseURL) {
        recorded = recorder()
        return instrument(bare.open(baseURL), { logger: recorded.logger })
      },
    },
    {
      name: `${version} with captureFetch()`,
      Client,
      told,
      open(baseURL) {
        recorded = recorder()
        const fetch = captureFetch({ logger: recorded.logger })
        return new Client({ ...OPTIONS, baseURL, fetch })
      },
    },
  ]
}

test('there are nineteen behaviours', () => {
  assert.equal(BEHAVIOURS.length, 19)
})

for (const [version, Client] of Object.entries(VERSIONS)) {
  for (const subject of subjects(version, Client as Class)) {
    for (const behaviour of BEHAVIOURS) {
      if (behaviour.of === 'record' && subject.told === undefined) continue
      test(`${subject.name}: ${behaviour.name}`, async (t) => {
        await checkBehaviour(behaviour, subject, await conformanceServer(t))
      })
    }
  }
}

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DATA } from './data-set.ts'

const FOLDER = join(DATA, 'provider-http/vercel-ai')

export type Json = Readonly<Record<string, unknown>>

/** The recorded answers of a provider that satisfy a condition, by file name. */
export function replies(provider: string, isWanted: (reply: Json) => boolean): [string, Json][] {
  return files(provider, '.json')
    .map(([name, text]) => [name, JSON.parse(text) as Json] as [string, Json])
    .filter(([, reply]) => isWanted(reply))
}

/** The recorded streams of a provider whose first chunk satisfies a condition, by file name. */
export function streams(provider: string, isWanted: (first: Json) => boolean): [string, Json[]][] {
  return files(provider, '.chunks.txt')
    .map(([name, text]) => [name, parse(name, text)] as [string, Json[]])
    .filter(([, [first]]) => first !== undefined && isWanted(first))
}

function files(provider: string, ending: string): [string, string][] {
  const folder = join(FOLDER, provider)
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')])
}

/** Streams that are not JSON lines: cut or spliced on purpose. They are left out, by name. */
export const LEFT_OUT: string[] = []

function parse(name: string, text: string): Json[] {
  const lines = text.split('\n').filter((line) => line.startsWith('{'))
  try {
    return lines.map((line) => JSON.parse(line) as Json)
  } catch {
    LEFT_OUT.push(name)
    return []
  }
}

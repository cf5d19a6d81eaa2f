import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { dirname } from 'node:path'
import {
  generateSigningKey,
  openWitness,
  parseSigningKey,
  requestTimestamp,
  type Signer,
  storeTimestamp,
  submitCheckpoint,
  witnessServer,
} from '@recount/audit'
import { EXIT } from '../errors.ts'
import { readNamedBytes, readNamedFile } from '../named-file.ts'
import { countText, momentText } from '../numbers-text.ts'
import { plainJson, plainLine } from '../plain-text.ts'
import type { Terminal } from '../terminal.ts'

/** Options of `recount audit timestamp`. */
export interface AuditTimestampOptions {
  readonly response?: string
  readonly tsa?: readonly string[]
  readonly json?: boolean
}

/** Options of `recount audit witness serve`. */
export interface AuditWitnessServeOptions {
  readonly key: string
  readonly name: string
  readonly log: readonly string[]
  readonly host: string
  readonly port: number
}

/** Options of `recount audit witness submit`. */
export interface AuditWitnessSubmitOptions {
  readonly url: string
  readonly witness: string
  readonly json?: boolean
}

/** Makes a time-stamp request over the newest checkpoint, or puts an authority's answer beside it. Sends nothing. */
export async function timestampLog(
  dir: string,
  { response, tsa = [], json }: AuditTimestampOptions,
  terminal: Terminal,
): Promise<number> {
  if (response === undefined) {
    const { path, size } = await requestTimestamp(dir)
    terminal.print(json ? `${plainJson({ size, request: path })}\n` : `${plainLine(path)}\n`)
    terminal.say(
      `Send it to a time-stamp authority: curl -H 'Content-Type: application/timestamp-query' --data-binary @${plainLine(path)} URL -o answer.tsr\nthen: recount audit timestamp ${plainLine(dir)} --response answer.tsr`,
    )
    return EXIT.done
  }
  const authorities = await Promise.all(tsa.map(readNamedFile))
  const stamp = await storeTimestamp(dir, await readNamedBytes(response), authorities)
  const { size, path, time, authority, trusted } = stamp
  if (json) terminal.print(`${plainJson({ size, answer: path, time, authority, trusted })}\n`)
  else
    terminal.print(
      `stamped: ${countText(size)} entries at ${momentText(time)} by ${plainLine(authority)}${trusted ? '' : ' (not verified: give --tsa FILE)'}\n`,
    )
  return EXIT.done
}

/** Serves a witness until it is interrupted. */
export async function serveWitness(
  dir: string,
  options: AuditWitnessServeOptions,
  terminal: Terminal,
): Promise<number> {
  const signer = await witnessKey(options.key, options.name)
  const logs = await Promise.all(options.log.map(readNamedFile))
  const witness = await openWitness({ dir, signer, logs })
  const server = witnessServer(witness).listen(options.port, options.host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  terminal.print(`${witness.publicKey}\n`)
  terminal.say(`Witnessing on http://${options.host}:${port}; Ctrl-C ends it`)
  await once(server, 'close')
  return EXIT.done
}

/** Has a witness cosign the newest checkpoint. */
export async function submitToWitness(
  dir: string,
  { url, witness, json }: AuditWitnessSubmitOptions,
  terminal: Terminal,
): Promise<number> {
  const vkey = await readNamedFile(witness)
  const { size, by, time, path } = await submitCheckpoint({ dir, url, witness: vkey })
  if (json) terminal.print(`${plainJson({ size, by, time, cosignature: path })}\n`)
  else
    terminal.print(
      `witnessed: ${countText(size)} entries at ${momentText(time)} by ${plainLine(by)}\n`,
    )
  return EXIT.done
}

/** The witness's own key; made on first use. */
async function witnessKey(path: string, name: string): Promise<Signer> {
  await mkdir(dirname(path), { recursive: true })
  try {
    await writeFile(path, `${generateSigningKey(name, 'cosignature')}\n`, {
      mode: 0o600,
      flag: 'wx',
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return parseSigningKey(await readFile(path, 'utf8'))
}

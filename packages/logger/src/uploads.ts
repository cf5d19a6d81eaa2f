import { type Plain, toPlain } from '@recount/redact'
import { read } from './fields.ts'

type PlainObject = { [key: string]: Plain }

/** A keyed digest of bytes or text. */
type Digest = (data: string | Uint8Array) => string

/** Texts shorter than this are kept even where a file's data is expected. */
const MIN_DATA = 256
const DATA_URL = /^data:([\w/+.-]{1,100})?[;,]/
const BASE64 = /^[\w+/-]{256}/
/** The keys under which providers expect a file's data. */
const DATA_KEYS = ['data', 'file_data', 'b64_json', 'bytes', 'base64']

/** The same value, where images, audio and files are replaced by their type and size: their bytes are never kept. */
export function withoutUploads(value: Plain, key = ''): Plain {
  if (typeof value === 'string') return withoutData(value, key)
  if (Array.isArray(value)) return value.map((item) => withoutUploads(item, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, withoutUploads(item, name)]),
  )
}

function withoutData(text: string, key: string): string {
  const url = DATA_URL.exec(text)
  if (url !== null) return `[Upload, ${url[1] ?? 'unknown type'}, ${text.length} characters]`
  return DATA_KEYS.includes(key) && text.length >= MIN_DATA && BASE64.test(text)
    ? `[Upload, ${text.length} characters]`
    : text
}

/** Uploads as type, size in bytes and digest, without their names, which tell of people; a File or Blob has no digest, because its bytes cannot be read at once. */
export function describeUploads(value: unknown, digest: Digest): Plain {
  const list = isList(value) ? value.slice(0, 1000) : [value]
  return list.map((upload) => describeUpload(upload, digest))
}

const TYPE_KEYS = ['type', 'mime_type', 'mimeType', 'media_type', 'mediaType', 'contentType']

function describeUpload(upload: unknown, digest: Digest): PlainObject {
  const bytes = bytesOf(upload)
  if (bytes !== undefined) return { size: bytes.byteLength, digest: digest(bytes) }
  if (typeof upload !== 'object' || upload === null) return {}
  const data = [...DATA_KEYS, 'content', 'buffer']
    .map((key) => bytesOf(read(upload, key)))
    .find((found) => found !== undefined)
  return {
    ...named('type', firstText(upload, TYPE_KEYS)),
    ...(data === undefined
      ? named('size', toPlain(read(upload, 'size') ?? null))
      : { size: data.byteLength, digest: digest(data) }),
  }
}

function bytesOf(data: unknown): Uint8Array | undefined {
  if (typeof data === 'string') return Buffer.from(data)
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return data instanceof ArrayBuffer ? new Uint8Array(data) : undefined
}

function firstText(source: object, keys: readonly string[]): Plain {
  const found = keys.map((key) => read(source, key)).find((value) => typeof value === 'string')
  return toPlain(typeof found === 'string' ? found.slice(0, 1024) : null)
}

function named(key: string, value: Plain): PlainObject {
  return value === null ? {} : { [key]: value }
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

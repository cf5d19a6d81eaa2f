/** The bytes of a base64 text (RFC 4648 4); undefined where another text would give the same bytes, or none. */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

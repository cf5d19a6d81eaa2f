import type { Bucket, Version } from './object-versions.ts'

/** The answer to ListObjectsV2. */
export function listObjects(bucket: Bucket, query: URLSearchParams, pageKeys: number): string {
  const prefix = query.get('prefix') ?? ''
  const after = query.get('continuation-token') ?? query.get('start-after') ?? ''
  const most = Number(query.get('max-keys') ?? pageKeys)
  const keys = bucket.keys(prefix).filter((key) => after === '' || isAfter(key, after))
  const page = keys.slice(0, most)
  const contents = page.map((key) => {
    const { etag, size, modified } = bucket.current(key) as Version
    return `<Contents><Key>${escaped(key)}</Key><LastModified>${modified.toISOString()}</LastModified><ETag>${escaped(etag)}</ETag><Size>${size}</Size></Contents>`
  })
  const isCut = keys.length > page.length
  const next = isCut
    ? `<NextContinuationToken>${escaped(page.at(-1) as string)}</NextContinuationToken>`
    : ''
  return xml(
    'ListBucketResult',
    `<IsTruncated>${isCut}</IsTruncated><KeyCount>${page.length}</KeyCount>${next}${contents.join('')}`,
  )
}

/** The answer to ListObjectVersions. */
export function listVersions(bucket: Bucket, query: URLSearchParams, pageKeys: number): string {
  const all = bucket.versions(query.get('prefix') ?? '')
  const most = Number(query.get('max-keys') ?? pageKeys)
  const markers = [query.get('key-marker'), query.get('version-id-marker')]
  const start = markers[0]
    ? all.findIndex(({ key, id }) => key === markers[0] && id === markers[1]) + 1
    : 0
  const page = all.slice(start, start + most)
  const newest = new Map(all.toReversed().map((version) => [version.key, version.id]))
  const items = page.map((version) => versionXml(version, newest.get(version.key) === version.id))
  const last = page.at(-1)
  const isCut = start + page.length < all.length
  const next =
    isCut && last !== undefined
      ? `<NextKeyMarker>${escaped(last.key)}</NextKeyMarker><NextVersionIdMarker>${last.id}</NextVersionIdMarker>`
      : ''
  return xml('ListVersionsResult', `<IsTruncated>${isCut}</IsTruncated>${next}${items.join('')}`)
}

function versionXml({ key, id, body, etag, size, modified }: Version, isLatest: boolean): string {
  const name = body === undefined ? 'DeleteMarker' : 'Version'
  const more = body === undefined ? '' : `<ETag>${escaped(etag)}</ETag><Size>${size}</Size>`
  return `<${name}><Key>${escaped(key)}</Key><VersionId>${id}</VersionId><IsLatest>${isLatest}</IsLatest><LastModified>${modified.toISOString()}</LastModified>${more}</${name}>`
}

/** An XML document with one element. */
export function xml(name: string, inner: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</${name}>`
}

/** Text as XML has it. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

function isAfter(key: string, other: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(other)) > 0
}

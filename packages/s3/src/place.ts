import { S3Error } from './errors.ts'

/** A bucket and what all keys in it begin with. */
export interface Place {
  readonly bucket: string
  /** Empty, or ends with a slash. */
  readonly prefix: string
}

/** The place that `s3://bucket/prefix` names. Throws `S3_OPTION_INVALID`. */
export function parseS3Url(url: string): Place {
  const [, bucket = '', path = ''] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(url) ?? []
  const prefix = path.replace(/\/+$/, '')
  const isGood =
    bucket !== '' && prefix.split('/').every((part, _, all) => part !== '' || all.length === 1)
  if (isGood) return { bucket, prefix: prefix === '' ? '' : `${prefix}/` }
  throw new S3Error(
    'S3_OPTION_INVALID',
    `Expected a place such as s3://bucket/prefix, got ${JSON.stringify(url)}`,
  )
}

/** A place as a URL. */
export function s3Url({ bucket, prefix }: Place): string {
  return `s3://${bucket}/${prefix}`.replace(/\/$/, '')
}

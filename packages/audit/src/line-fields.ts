/** What a scan of a line found: where the values of some keys of its own object begin and end. 0 where a key is not there. */
export interface LineFields {
  action: number
  actionEnd: number
  data: number
  dataEnd: number
  log: number
  logEnd: number
  prev: number
  prevEnd: number
  seq: number
  seqEnd: number
  ts: number
  tsEnd: number
  v: number
  vEnd: number
}

/** Fields to be filled by `scanLine`, which allocates nothing. */
export function lineFields(): LineFields {
  return {
    action: 0,
    actionEnd: 0,
    data: 0,
    dataEnd: 0,
    log: 0,
    logEnd: 0,
    prev: 0,
    prevEnd: 0,
    seq: 0,
    seqEnd: 0,
    ts: 0,
    tsEnd: 0,
    v: 0,
    vEnd: 0,
  }
}

/** The whole number from `start` to `end`, which `scanLine` found; -1 for what is none. */
export function scannedInteger(bytes: Buffer, start: number, end: number): number {
  let value = 0
  for (let at = start; at < end; at += 1) {
    const digit = (bytes[at] as number) - 0x30
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

/** Lets no field be there. */
export function forgetFields(fields: LineFields): void {
  fields.action = 0
  fields.data = 0
  fields.log = 0
  fields.prev = 0
  fields.seq = 0
  fields.ts = 0
  fields.v = 0
}

const [ACTION, DATA, LOG, PREV, SEQ, TS, V] = [
  'action',
  'data',
  'log',
  'prev',
  'seq',
  'ts',
  'v',
].map((name) => Buffer.from(name)) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer, Buffer]

/** Keeps a value of the own object of a line, where its key is one of those that are looked for. */
export function keepField(
  fields: LineFields,
  bytes: Buffer,
  key: number,
  keyEnd: number,
  value: number,
  valueEnd: number,
): void {
  const first = bytes[key]
  if (first === ACTION[0] && isName(bytes, key, keyEnd, ACTION)) {
    fields.action = value
    fields.actionEnd = valueEnd
  } else if (first === DATA[0] && isName(bytes, key, keyEnd, DATA)) {
    fields.data = value
    fields.dataEnd = valueEnd
  } else if (first === LOG[0] && isName(bytes, key, keyEnd, LOG)) {
    fields.log = value
    fields.logEnd = valueEnd
  } else if (first === PREV[0] && isName(bytes, key, keyEnd, PREV)) {
    fields.prev = value
    fields.prevEnd = valueEnd
  } else if (first === SEQ[0] && isName(bytes, key, keyEnd, SEQ)) {
    fields.seq = value
    fields.seqEnd = valueEnd
  } else if (first === TS[0] && isName(bytes, key, keyEnd, TS)) {
    fields.ts = value
    fields.tsEnd = valueEnd
  } else if (first === V[0] && isName(bytes, key, keyEnd, V)) {
    fields.v = value
    fields.vEnd = valueEnd
  }
}

function isName(bytes: Buffer, key: number, keyEnd: number, name: Buffer): boolean {
  const { length } = name
  if (keyEnd - key !== length) return false
  for (let at = 1; at < length; at += 1) if (bytes[key + at] !== name[at]) return false
  return true
}

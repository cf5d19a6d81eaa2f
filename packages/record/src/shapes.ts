export type { Inference, KnownUnit } from './infer/file-inference.ts'
export { prefixedRecord } from './shapes/carried.ts'
export { type ForeignCall, ForeignReader, type ForeignRecord } from './shapes/foreign-reader.ts'
export { KNOWN_SHAPES } from './shapes/known-shapes.ts'
export { type LinePart, recordPart, runtimePart } from './shapes/line-part.ts'
export { type JoinedLine, LineParts } from './shapes/line-parts.ts'
export { LLM_REQUEST_SHAPE } from './shapes/llm-request.ts'
export { fromIso } from './shapes/moments.ts'
export { isRow, lookUp, type Row } from './shapes/paths.ts'
export { isSet, type Noted, type Reading, takeSource } from './shapes/read-shape.ts'
export {
  type Clue,
  type ClueKind,
  type LogShape,
  type Source,
  TIME_UNITS,
  type TimeUnit,
} from './shapes/shape.ts'
export { toEpoch, toMilliseconds, toMoment, toNumber } from './shapes/times.ts'

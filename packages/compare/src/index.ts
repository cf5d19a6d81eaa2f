export { type ContentDifference, compareContent, type HeldPart } from './compare-content.ts'
export {
  compareMessages,
  type Message,
  type MessagePart,
  type MessageRow,
  type MessagesDifference,
  messagesIn,
  type PartRow,
} from './compare-messages.ts'
export { compareSpans, type Measure, recordOf, type SpanDifference } from './compare-spans.ts'
export {
  type CompareOptions,
  compareText,
  type TextDifference,
  type TextPiece,
  type TextRow,
} from './compare-text.ts'
export {
  compareTraces,
  kindOfSpan,
  nameOfSpan,
  type SpanRow,
  type TraceDifference,
} from './compare-traces.ts'
export { compareValues, type ValueChange, type ValueDifference } from './compare-values.ts'

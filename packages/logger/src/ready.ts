import { createLogger, type Logger } from './create-logger.ts'

/** A logger that environment flags alone configure (`docs/operating.md`); it opens its destination with its first line. */
export const logger: Logger = createLogger()

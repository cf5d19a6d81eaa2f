import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createLogger, type Logger } from '@recount/logger'
import { type Answered, answerQuestion, replyId } from './assistant.ts'
import { type AuditVerdicts, openDemoAudit, verifyDemoAudit } from './audit-demo.ts'
import { type Clients, createClients } from './clients.ts'
import { recordFaults } from './faults.ts'
import { startProvider } from './provider.ts'
import { type ScriptedQuestion, script } from './script.ts'

/** What the demo has recorded, and where. */
export interface Recorded {
  readonly logFile: string
  readonly contentFiles: readonly string[]
  readonly questions: number
  /** What became of each question, by its id in the script. */
  readonly answers: ReadonlyMap<string, Answered>
  /** The traces of answers that were wrong without any error, by the fault's id. */
  readonly faults: ReadonlyMap<string, string>
  /** The log that they are in. */
  readonly faultsFile: string
  /** What a verifier says about the audit log. */
  readonly audit: AuditVerdicts
}

const AT_A_TIME = 4

/** Runs all questions of the script through the assistant and records them under `folder/logs`. */
export async function recordDemo(folder: string): Promise<Recorded> {
  const logFile = join(folder, 'logs', 'app.jsonl')
  await mkdir(join(folder, 'logs'), { recursive: true })
  const audit = await openDemoAudit(folder)
  const log = createLogger({
    name: 'support',
    service: 'support-assistant',
    environment: 'demo',
    destination: logFile,
    audit,
    content: 'files',
    keyFile: join(folder, 'recount.key'),
    // What the user's own environment asks for does not concern the demo.
    env: {},
  })
  const questions = script()
  const provider = await startProvider(repliesOf(questions))
  try {
    const answers = await answerAll(log, createClients(log, provider.url), questions)
    readAndReact(log, answers)
    const faultsFile = join(folder, 'logs', 'faults.jsonl')
    const faults = await recordFaults(faultsLog(faultsFile))
    const contentFolder = join(folder, 'logs', 'content')
    const names = await readdir(contentFolder)
    await audit.close()
    return {
      logFile,
      contentFiles: names.sort().map((name) => join(contentFolder, name)),
      questions: questions.length,
      answers,
      faults,
      faultsFile,
      audit: await verifyDemoAudit(folder, audit.publicKey),
    }
  } finally {
    await audit.close()
    await provider.close()
  }
}

/** A log of its own, so that the numbers of the script stay its numbers. */
function faultsLog(destination: string): Logger {
  return createLogger({ name: 'support', destination, content: 'inline', keyFile: false, env: {} })
}

function repliesOf(
  questions: readonly ScriptedQuestion[],
): Map<string, ScriptedQuestion['replies'][number]> {
  return new Map(
    questions.flatMap(({ id, replies }) =>
      replies.map((reply, index) => [replyId(id, index + 1), reply] as const),
    ),
  )
}

/** Several customers ask at the same time; what belongs together is told by the trace. */
async function answerAll(
  log: Logger,
  clients: Clients,
  questions: readonly ScriptedQuestion[],
): Promise<Map<string, Answered>> {
  const answers = new Map<string, Answered>()
  const waiting = questions.values()
  const serve = async (): Promise<void> => {
    for (const question of waiting)
      answers.set(question.id, await answerQuestion(log, clients, question))
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, serve))
  return answers
}

/** Later, people have read the answers. They name a message, not a trace. */
function readAndReact(log: Logger, answers: ReadonlyMap<string, Answered>): void {
  const messageOf = (id: string): { message_id: string } => ({
    message_id: answers.get(id)?.message_id ?? '',
  })
  log.userAction({ ...messageOf('tools'), action: 'accepted' })
  log.evaluation({
    ...messageOf('tools'),
    name: 'grounded',
    score: 0.92,
    evaluator: 'code',
    explanation: 'both sentences stand in the handbook',
  })
  log.userAction({ ...messageOf('ordinary-3'), action: 'rated', score: 5 })
  log.userAction({
    ...messageOf('stream'),
    action: 'edited',
    edit_distance: 0.38,
    user_edit:
      'Yes, within 30 days. The refund takes up to 5 working days once we have the parcel.',
    comment: 'shorter',
  })
}

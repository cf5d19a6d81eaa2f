import type { AuditEntry } from '../entry.ts'
import type { BundleFile } from './bundle-file.ts'
import type { BundleFolder } from './bundle-folder.ts'
import { CSV_HEADER, csvLine } from './csv.ts'
import type { ExportFormat } from './export-request.ts'
import { ocsfEvent } from './ocsf.ts'

interface EntryForm {
  readonly path: string
  readonly head: string
  readonly textOf: (entry: AuditEntry, line: string) => string
}

const FORMS: Readonly<Record<ExportFormat, EntryForm>> = {
  jsonl: { path: 'entries.jsonl', head: '', textOf: (_, line) => `${line}\n` },
  csv: { path: 'entries.csv', head: CSV_HEADER, textOf: csvLine },
  ocsf: {
    path: 'entries.ocsf.jsonl',
    head: '',
    textOf: (entry) => `${JSON.stringify(ocsfEvent(entry))}\n`,
  },
}

interface OpenFile {
  readonly form: EntryForm
  readonly file: BundleFile
}

/** The entries that are shown, of all logs of a bundle, in the forms that were asked for. */
export class EntryFiles {
  readonly #folder: BundleFolder
  readonly #files: readonly OpenFile[]

  private constructor(folder: BundleFolder, files: readonly OpenFile[]) {
    this.#folder = folder
    this.#files = files
  }

  static async begin(folder: BundleFolder, formats: readonly ExportFormat[]): Promise<EntryFiles> {
    const files: OpenFile[] = []
    for (const format of new Set(formats)) {
      const form = FORMS[format]
      const file = await folder.file(form.path)
      file.put(form.head)
      files.push({ form, file })
    }
    return new EntryFiles(folder, files)
  }

  /** Takes an entry that is shown, and its line. */
  add(entry: AuditEntry, line: string): void {
    for (const { form, file } of this.#files) file.put(form.textOf(entry, line))
  }

  /** Writes what was added since. */
  async flush(): Promise<void> {
    for (const { file } of this.#files) await file.flush()
  }

  async end(): Promise<void> {
    for (const { file } of this.#files) await this.#folder.end(file)
  }
}

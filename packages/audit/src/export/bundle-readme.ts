import type { BundleManifest } from './bundle-manifest.ts'
import { momentText } from './html-text.ts'
import { filterText } from './report-html.ts'

/** What the bundle says about itself to somebody who has never heard of Recount. */
export function bundleReadme(manifest: Omit<BundleManifest, 'files'>): string {
  const { made, by, filter, logs, disclosed, withheld, expired } = manifest
  const [log] = logs
  return `AN EXPORT OF AN AUDIT LOG

This folder holds entries of the audit log "${plain(log?.origin ?? '')}".
An audit log says who did what with which data. This one was kept by Recount,
a program that records what applications with language models do. You need
nothing from us to read or check it.

  made        ${momentText(made)}, for ${plain(by)}
  asked for   ${plain(filterText(filter))}
  shown       ${disclosed} entries
  withheld    ${withheld} entries (not asked for; only their hashes are here)
  expired     ${expired} entries (deleted by age; only their hashes are here)


WHERE TO BEGIN

  report.html          One page for people. Open it in a browser; it prints.
  entries.csv          The entries as a table, if that was asked for. Import it
                       as UTF-8. What looks like a formula has an apostrophe
                       in front, so that no spreadsheet computes it.
  entries.jsonl        The entries, one JSON object a line, if asked for.
  entries.ocsf.jsonl   The same as events of OCSF, class API Activity (6003),
                       if asked for.


CHECK IT

On a computer with sh, openssl and Python 3, in this folder:

  sh verify.sh . KEYFILE

KEYFILE is a file with the log's public key as you know it: from an earlier
export, from a contract, from the web site of whoever keeps the log. Without
it (sh verify.sh) the key in this folder is used: that finds damage, but not
a log that somebody wrote anew with a key of their own.

"OK" means: every entry shown is what was written; none is missing, put in or
moved, up to the size that is signed; every file is the one that the manifest
lists; and the log has an entry about this export. "BROKEN" says what is not.

With Node.js:  npx recount audit verify . --key KEYFILE --anchor FILE
FILE remembers what was seen. Keep it: the next export must continue this one.

The programs in this folder came from whoever made it. Where that matters,
take verify.sh and verify.py from the published package @recount/audit, or
read them: they are short.


WHAT IT CANNOT TELL

  - Whether the key is the right one. Compare it with your own copy.
  - Whether somebody with the private key wrote the log anew before anybody
    outside saw it. Time stamps and witnesses are in log/anchors, if any.
  - Whether the application told the log everything, or the truth.
  - What texts said. Entries have commitments to them, not the texts.
  - Whether a law is met. This is evidence, no certificate.


THE FILES

  manifest.json        Every file with its size and SHA-256.
  log/                 The log in its own format:
    <number>.jsonl     Entries from that sequence number on, one a line. A line
                       {"leaf":HASH,"reason":WHY,"seq":N,"withheld":true}
                       stands for an entry that is withheld: because it is of
                       another time ("period"), or not what was asked for
                       ("filter").
    hashes/            The hashes of expired entries, 32 bytes each.
    checkpoint         The signed statement "the log has so many entries, with
                       this root"; earlier ones in checkpoints/.
    public.vkey        The public keys, the oldest first. A change of keys is
                       an entry, audit.key_rotate.
    anchors/           Time stamps (RFC 3161) and cosignatures of witnesses.
    streams/           Logs of other writers under this one, in the same form.
  previous.consistency The proof that the log only grew since the export before
                       (RFC 6962), if there was one.
  receipt/             The log's own entry about this export, which has the
                       SHA-256 of manifest.json, with the proof that it is in
                       the log, and that the log only grew until then.
  schema/event.json    The JSON Schema of what applications write.
  policy/              The policy that decided what is kept, if it was given.
  verify.sh, verify.py The check.


BY HAND

The hash of an entry is SHA-256 of a zero byte and the line without its line
feed. The root is the Merkle tree hash of RFC 6962 over these hashes in their
order: a node is SHA-256 of the byte 1 and its two children. A withheld entry
gives its hash itself. The checkpoint is a signed note (C2SP): three lines with
name, size and root in base64, an empty line, and Ed25519 signatures over the
text before the empty line. Each entry's "prev" is the hash of the one before.
`
}

/** On one line, without what a terminal would obey. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '?')
}

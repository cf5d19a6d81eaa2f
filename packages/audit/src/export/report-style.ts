import { createHash } from 'node:crypto'

/** The report's style: light and dark, from 360 pixels up, and on A4. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #59636e; --line: #d4dae0; --page: #ffffff; --panel: #f5f7f9; --accent: #0b6bcb; --note: #8a5a00; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaee; --soft: #9aa5b1; --line: #343c45; --page: #14181c; --panel: #1d2329; --accent: #6cb2ff; --note: #e0b060; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: .95rem; margin: 1rem 0 .25rem; }
p, ul { margin: .35rem 0; }
ul { padding-left: 1.2rem; }
li { margin: .2rem 0; }
.lead { color: var(--soft); margin: 0 0 1.25rem; overflow-wrap: anywhere; }
.soft { color: var(--soft); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .6rem; margin: 0; }
.facts div { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: .55rem .75rem; }
.facts dt { color: var(--soft); font-size: .8rem; }
.facts dd { margin: 0; font-size: 1.3rem; font-variant-numeric: tabular-nums; }
.list { display: grid; grid-template-columns: minmax(7rem, 11rem) 1fr; gap: .25rem 1rem; margin: .75rem 0 0; }
.list dt { color: var(--soft); }
.list dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
.claims { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 0 2rem; }
.wide { overflow-x: auto; }
.tables { columns: 18rem 2; column-gap: 2.5rem; margin-top: 1rem; }
.tables section { break-inside: avoid; padding-bottom: 1rem; }
.tables h2 { margin-top: 0; padding-top: .75rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; font-size: .8rem; white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; width: 5rem; }
td.share { width: 28%; min-width: 4rem; vertical-align: middle; }
td.when, td.seq { white-space: nowrap; width: 1%; }
.bar { display: block; width: 100%; height: .55rem; }
.bar rect { fill: var(--accent); }
code, pre { font-family: ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; font-size: .85em; }
code { overflow-wrap: anywhere; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .75rem; overflow-x: auto; }
.note { border-left: 3px solid var(--note); padding-left: .75rem; }
@media (max-width: 34rem) {
  main { padding-top: 1.25rem; }
  .list { grid-template-columns: 1fr; gap: 0; }
  .list dd { margin-bottom: .45rem; }
  .wide thead { display: none; }
  .wide tr { display: block; border-bottom: 1px solid var(--line); padding: .35rem 0; }
  .wide td { display: inline; border: 0; padding: 0 .5rem 0 0; white-space: normal; }
}
@page { size: A4; margin: 11mm 13mm; }
@media print {
  :root { color-scheme: light; --ink: #000; --soft: #444; --line: #bbb; --page: #fff; --panel: #fff; --accent: #555; --note: #444; }
  body { font-size: 8.5pt; line-height: 1.3; }
  main { max-width: none; padding: 0; }
  h1 { font-size: 13pt; }
  .lead { margin-bottom: .6rem; }
  h2, .tables h2 { margin-top: .55rem; padding-top: 0; break-after: avoid; }
  h2 { font-size: 10pt; }
  h3 { font-size: 8.5pt; margin-top: .4rem; }
  th { font-size: 7.5pt; }
  .facts div { padding: .3rem .6rem; }
  pre { padding: .3rem .6rem; margin: .3rem 0; }
  p, ul, li { margin-top: .1rem; margin-bottom: .1rem; }
  tr, .facts div, .claims > div, pre { break-inside: avoid; }
  thead { display: table-header-group; }
  pre { white-space: pre-wrap; }
  .facts { grid-template-columns: repeat(4, 1fr); }
  .facts dd { font-size: 12pt; }
  .list { grid-template-columns: 7rem 1fr; gap: .1rem 1rem; }
  .claims { grid-template-columns: 1fr 1fr; }
  .tables { display: grid; columns: auto; grid-template-columns: repeat(3, 1fr); gap: 0 2rem; margin: 0; }
  .tables section { break-inside: auto; padding: 0; }
  td.share, th.share { display: none; }
  th, td { padding: .12rem .5rem .12rem 0; }
  td.number, th.number { width: 4rem; }
}
`

/** What a browser may do with the report: show it in this style, and nothing else. */
export const REPORT_CSP: string = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(REPORT_STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

"""The look of a printed rule set: A4, Chinese type, tables that break between rows with their heads repeated."""

from __future__ import annotations

import base64
import hashlib

STYLE = """
@page { size: A4; margin: 18mm 16mm 20mm;
  @bottom-center { content: counter(page) " / " counter(pages); font: 9pt sans-serif; color: #55606e; } }
:root { --ink: #1c2430; --soft: #55606e; --line: #b9c1cc; --navy: #0b4a8f; --amber: #8a5a00; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #fff;
  font: 10.5pt/1.55 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif; }
main { max-width: 176mm; margin: 0 auto; padding: 8mm 0; }
h1 { margin: 0 0 4mm; font-size: 20pt; line-height: 1.3; color: var(--navy); text-align: center; text-wrap: balance; }
h2 { margin: 7mm 0 2.5mm; padding-bottom: 1mm; font-size: 13pt; color: var(--navy);
  border-bottom: 0.5mm solid var(--navy); break-after: avoid; }
h3 { margin: 4mm 0 1.5mm; font-size: 11pt; break-after: avoid; }
p { margin: 1mm 0; }
dl { margin: 0; }
dl > div { display: grid; grid-template-columns: 50mm 1fr; gap: 3mm; padding: 1mm 0;
  border-bottom: 0.2mm solid var(--line); break-inside: avoid; }
#sources dl > div { grid-template-columns: 14mm 1fr; }
dt { font-weight: 600; overflow-wrap: anywhere; }
dd { margin: 0; overflow-wrap: anywhere; }
ul { margin: 0; padding-left: 5mm; }
li { margin: 0.8mm 0; break-inside: avoid; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { padding: 1.4mm 2mm; border: 0.2mm solid var(--line); text-align: left; vertical-align: top;
  overflow-wrap: anywhere; }
th { background: #eaf0f7; font-weight: 600; }
.gates > thead th:first-child, .points > thead > tr > th:first-child, .checks th:first-child { width: 19mm; }
.gates > thead th:nth-child(3) { width: 58mm; }
.points > thead > tr > th:nth-child(3) { width: 24mm; }
.points > thead > tr > th:nth-child(4) { width: 74mm; }
.checks th:nth-child(2) { width: 20mm; }
.experts th:first-child { width: 40mm; }
.experts th:nth-child(n + 3) { width: 30mm; }
table.classes { margin: 1mm 0; font-size: 0.88em; table-layout: auto; }
table.classes th, table.classes td { padding: 0.5mm 1mm; overflow-wrap: normal; }
hr { margin: 1.5mm 0; border: 0; border-top: 0.2mm dashed var(--line); }
code { font-family: "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace; font-size: 0.88em;
  overflow-wrap: anywhere; }
small { color: var(--soft); }
a { color: inherit; }
.figure { white-space: nowrap; font-variant-numeric: tabular-nums; }
.formula, .method, .note { margin: 0.5mm 0 0; color: var(--soft); font-size: 0.92em; }
.basis { font-size: 0.85em; color: var(--soft); }
.mark { display: inline-block; padding: 0 0.8mm; border: 0.25mm solid currentColor; border-radius: 0.8mm;
  font-size: 7.5pt; line-height: 1.35; text-align: center; font-weight: 700; white-space: nowrap; margin-right: 0.5mm; }
.mark.good { color: #0b6b3a; }
.mark.poor { color: var(--amber); border-style: dashed; }
.warning { padding: 2mm 3mm; border: 0.4mm solid var(--amber); color: var(--amber); font-weight: 700;
  text-align: center; }
.legend { margin-top: 4mm; padding: 2mm 3mm; background: #f4f6f9; break-inside: avoid; }
.legend h2 { margin: 0 0 1mm; padding: 0; border: 0; font-size: 10pt; color: inherit; }
.legend ul { display: flex; flex-wrap: wrap; gap: 0.5mm 5mm; padding: 0; list-style: none; }
footer { margin-top: 6mm; color: var(--soft); font-size: 9pt; }
@media screen and (max-width: 700px) {
  main { padding: 4mm; }
  table, thead, tbody, tr, th, td { display: block; }
  thead { display: none; }
  table.classes { display: table; }
  table.classes thead { display: table-header-group; }
  table.classes tbody { display: table-row-group; }
  table.classes tr { display: table-row; }
  table.classes th, table.classes td { display: table-cell; }
  tr { margin-bottom: 3mm; border: 0.2mm solid var(--line); }
  td { border: 0; }
  dl > div { grid-template-columns: 1fr; gap: 0; }
}
"""
# What a content security policy names to let this style through and no other.
STYLE_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"

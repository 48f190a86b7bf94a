"""Issue, seal, log and verify certificates.

The map: `snapshot` (what a certificate says) -> `layout` and `ornament` (data to marks) -> `render` (ReportLab) ->
`package` (PDF/A-3b with the record attached and an empty seal field) -> `seal` (CMS by a `signers` back-end);
`issuing.issue` is the whole path, `verify.verify` the way back, `rerendering` the comparison with the snapshot;
`printed` is the signed text of the QR code, which `offline_page/` checks without a server. `signer_settings` chooses
the back-end: `signers` (a file), `hardware` (PKCS#11) or `remote` (a service). `proofs`, `time_stamps` and
`status_list` are what outsiders check with; `log_command`, `status_command` and `code_command` do it from the shell.
`identifiers`, `codes`, `numbering` and `transparency` are arithmetic; `authority` makes the local certification and
time-stamp authorities. None of these imports Django; `models`, `services`, `selectors`, `views` and `api` store, serve
and publish what they make.
"""

"""Files that members bring: streamed to disk, read and examined on the way, kept by their content.

- `store.Files(folder, at_most).receive(stream, length, name)` keeps one and gives a
  `Received` (its SHA-256, size, cleaned name, whether it was there before, and
  `Examined`: what its slicer wrote and what it does), or raises `FileRefused`.
- `submission.submission(received, wish, printers, rules, source)` makes the
  `JobSubmitted` of it and what else is worth knowing, or raises `FileRefused`.
- `Files.path(sha256)`, `.thumbnail(sha256)`, `.facts(sha256)`, `.forget(keep, older_than_s)`,
  `.remove(sha256)`.

A file is refused with a key, for which the pages have sentences (`kiosk.web.file_words`).
"""

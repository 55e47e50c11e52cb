"""The tasks of `/try`, each in plain data. Only the worker process imports what lies in here.

| task | output |
|---|---|
| tokenize | `tokens` and `ids` (special ones included, at most 512), `decoded` |
| similarity | `texts`, `matrix` of cosines |
| embed | `shape`, `norm`, `values` (the first 8) |
| classify | `labels`: `{label, score}`, best first; softmax over 20 x cosine |
| inspect | `architecture`, `layers`, `hidden_size`, `heads`, `vocabulary`, `window`, `parameters`, `dtype` |
| sentiment | `labels`: `{label, score}`, best first, at most 10 |
| ner | `entities`: `{text, label, score, start, end}`, positions in characters |
| fill-mask | `candidates`: `{token, score, sequence}`, best first |
| generate | `text` (what was added), `prompt` |

Where a model didn't read all of a text there is `truncated`: `{kept, total}` in tokens, of the longest text.
"""

"""One module per verb of the command line.

Each has a docstring (its first line is the help), `arguments(parser)` and
`run(args) -> exit code`; what is heavy to import is imported inside `run`.
"""

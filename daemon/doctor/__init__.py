"""What can be wrong with an installation, found without network, and the one command that mends each of it.

`examine` runs every check; a check is a function of the `House` that yields a `Finding` for each problem it sees. What
a finding says stands in the messages under `doctor.problems.<code>`; the command is the same in every language.
"""

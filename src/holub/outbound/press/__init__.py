"""The press: from a folder of guides to a signed edition.

Before it binds anything it reads (`tree`, `guide`), finds mistakes (`check`), brings guides of another layout over
(`umbrella`), makes pictures small (`pictures`) and writes pages for readers without JavaScript (`plain`). What it
reads is described in spec/guide.md.
"""

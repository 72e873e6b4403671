"""Oracles that no one here wrote: abc2midi and abcjs play tunes and small cases, and what they play is compared with what we read.

``python -m tests.oracles`` runs everything and writes docs/results/oracles.json; docs/oracles.md says what is compared and what was found.
"""

"""Fuzzing of the notation package: mutated tunes against the properties that hold for every text."""

"""The parts of `data.pairs`: which files belong together, what each kind of them says, and how notes in seconds become a score."""

"""From heard notes to a score: voices, beats, metre, rhythm, key and spelling, decided by search and counting."""

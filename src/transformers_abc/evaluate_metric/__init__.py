"""The metric ``abc_transcription`` for ``evaluate``: the file that it loads, and how to put that file where it is found by name."""

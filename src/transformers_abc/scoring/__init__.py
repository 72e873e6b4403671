"""How near a transcription comes to a reference."""

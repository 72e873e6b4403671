"""The parts of the MusicXML reader and writer, which stand in `transformers_abc.notation.musicxml` and `musicxml_writer`."""

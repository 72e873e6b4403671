"""The parts of the MIDI reader and writer, which stand in `transformers_abc.notation.midi_reader` and `midi`."""

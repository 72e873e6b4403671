"""The parts of the ABC reader, which stands in `transformers_abc.notation.reader`."""

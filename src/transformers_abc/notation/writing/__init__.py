"""The parts of the ABC writer, which stands in `transformers_abc.notation.writer`."""

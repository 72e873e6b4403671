"""One module per command of the command line; `transformers_abc.cli` puts them together."""

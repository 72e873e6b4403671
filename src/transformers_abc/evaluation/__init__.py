"""Any system on any set of recordings with references: run, scored, summed up and shown (docs/evaluation.md)."""

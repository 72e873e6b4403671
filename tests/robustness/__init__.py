"""What the scoring has to withstand: growing errors, and attempts to earn a reward without hearing anything."""

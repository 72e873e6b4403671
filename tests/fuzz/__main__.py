"""Fuzz the notation package: ``cd tests && python -m fuzz --seconds 120``; see `campaign`."""

import sys

# Nothing else is imported here, since every process of a campaign imports this file before it is told what to do.
if __name__ == "__main__":
    from fuzz.campaign import main

    sys.exit(main())

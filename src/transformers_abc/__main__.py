"""``python -m transformers_abc`` is the command line; ``accelerate launch -m transformers_abc`` needs this."""

import sys

from transformers_abc.cli import main

sys.exit(main())

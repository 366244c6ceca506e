"""`python -m core`: the command line without Qt installed."""

import sys

try:
    from core.cli import main
except KeyboardInterrupt:  # Ctrl-C while the program is still loading
    sys.exit(130)

sys.exit(main(sys.argv[1:]))

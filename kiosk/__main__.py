"""`python -m kiosk` is `fablab`."""

import sys

from kiosk.cli import main

sys.exit(main())

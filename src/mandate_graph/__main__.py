"""``python -m mandate_graph`` is ``mandate-graph``."""

import sys

from mandate_graph.cli import main

sys.exit(main())

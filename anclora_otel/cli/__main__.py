"""Run the command line as ``python -m anclora_otel.cli``."""

import sys

from anclora_otel.cli.main import main

sys.exit(main())

"""Imported first by every way to start: hands the process over to the questions on standard input."""

import os
import sys

if "ORACLE" in os.environ:
    exec(compile(sys.stdin.read(), "oracle", "exec"), {"__name__": "oracle"})
    sys.stdout.flush()
    os._exit(0)

import sys

if sys.version_info < (3, 99):
    raise RuntimeError('wants a newer Python')

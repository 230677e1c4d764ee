import sys

if sys.version_info < (3, 99):
    sys.exit('wants a newer Python')

"""A package spread over sys.path in the old way."""
from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)

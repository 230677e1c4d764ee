"""A package spread over sys.path in the oldest way."""
__import__("pkg_resources").declare_namespace(__name__)

try:
    from app import old_python
except ImportError:
    old_python = None

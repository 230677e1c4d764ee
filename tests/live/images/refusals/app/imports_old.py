from app import old_python

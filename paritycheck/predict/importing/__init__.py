"""What an import finds: the finder, import statements, and the closure of what starts."""

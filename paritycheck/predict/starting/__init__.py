"""What a container starts: commands, scripts, servers and supervisors followed to Python modules."""

"""Stages, variables and settings: what the instructions of a Containerfile mean in order."""

"""RUN steps: what their commands do to a stage, and what an install puts where."""

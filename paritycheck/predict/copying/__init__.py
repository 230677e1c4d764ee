"""COPY and ADD, engine by engine, on the tree of a stage."""

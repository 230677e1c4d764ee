"""Python interpreters asked: on this machine, and shut into a container."""

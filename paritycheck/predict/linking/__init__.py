"""What the container's loader would find for compiled code, and which package of the system has the rest."""

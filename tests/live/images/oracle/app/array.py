"""Has the name of something else."""

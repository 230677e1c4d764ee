"""What an index knows: the releases that an install would bring today, and the files of their wheels."""

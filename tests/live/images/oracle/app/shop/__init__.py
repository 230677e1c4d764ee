"""A shop whose imports are traps; which of them find something depends on how the image was built."""

VERSION = "1"

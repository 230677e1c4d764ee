"""Opens libmagic by its name."""

import magic

KIND = magic.from_buffer

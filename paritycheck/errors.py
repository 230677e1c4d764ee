"""What can go wrong while answering, each with the next step to take.

Every error ends the run with exit code 2 ("could not check"). Errors are raised where the
knowledge is, translated from foreign exceptions at the edge of ``capture``, and caught once,
in ``cli``.
"""


class ParityError(Exception):
    """Something prevented the check: ``message`` says what and where, ``hint`` what to do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ParityError):
    """The command line or the configuration asks for something that makes no sense."""


class SourceError(ParityError):
    """A checkout, image, archive, engine or interpreter could not be read."""


class DocumentError(ParityError):
    """A snapshot or report document is not what its schema says."""


class BuildRefused(ParityError):
    """The engine would refuse this build; ``path`` and ``line`` name the guilty line (line 0: none)."""

    def __init__(
        self,
        message: str,
        path: str = "",
        line: int = 0,
        hint: str = "the build itself ends here: repair it, then check again",
    ) -> None:
        where = f"{path}:{line}: " if path and line else f"{path}: " if path else ""
        super().__init__(f"{where}{message}", hint)
        self.reason = message
        self.path = path
        self.line = line


class SourceMissing(BuildRefused):
    """A COPY or ADD names a source that is not there, or that the ignore file leaves nothing of."""


class NothingCompared(ParityError):
    """Both sides were read and there was nothing to compare: never reported as parity."""

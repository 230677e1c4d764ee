"""The options and operands of a command's words.

Source: POSIX.1-2024, Utility Conventions 12.2 (syntax guidelines), and the long options of GNU getopt.
"""

from __future__ import annotations

from paritycheck.predict.running.shellwords import Field, Unsure


class Options:
    """The options of a command, and its operands; ``valued`` are the short and long ones with a value."""

    def __init__(self, fields: list[Field], valued: str = "", long_valued: tuple[str, ...] = ()) -> None:
        self.letters: set[str] = set()
        self.values: dict[str, Field] = {}
        self.operands: list[Field] = []
        rest = list(fields)
        while rest:
            field = rest.pop(0)
            if field == "--":
                self.operands += rest
                break
            if isinstance(field, Unsure) or not field.startswith("-") or field == "-":
                self.operands.append(field)
            elif field.startswith("--"):
                name, equals, value = field.partition("=")
                self.letters.add(name)
                if equals:
                    self.values[name] = value
                elif name in long_valued and rest:
                    self.values[name] = rest.pop(0)
            else:
                self._read_letters(field[1:], valued, rest)

    def _read_letters(self, letters: str, valued: str, rest: list[Field]) -> None:
        for index, letter in enumerate(letters):
            self.letters.add(letter)
            if letter in valued:
                if letters[index + 1 :]:
                    self.values[letter] = letters[index + 1 :]
                elif rest:
                    self.values[letter] = rest.pop(0)
                return

    def has(self, *names: str) -> bool:
        """Tell whether one of these options was given."""
        return any(name in self.letters for name in names)

"""How the words of a command divide into options and the rest.

The conventions are those of POSIX (Utility Syntax Guidelines) and of getopt_long: ``--name=value``,
``--name value``, ``-xvalue``, ``-x value``, clusters of short flags, ``--`` ends the options.
"""

import msgspec


class Options(msgspec.Struct, frozen=True):
    """Every option as written with its values in order (a flag's is ``""``), and the other words."""

    values: dict[str, tuple[str, ...]]
    rest: tuple[str, ...]

    def last(self, *names: str) -> str:
        """Return the last value of the first of these options that is given, else ``""``."""
        return next((self.values[name][-1] for name in names if name in self.values), "")

    def every(self, *names: str) -> tuple[str, ...]:
        """Return the values of these options, those of one name in order."""
        return tuple(value for name in names for value in self.values.get(name, ()))

    def has(self, *names: str) -> bool:
        """Tell whether one of these options is given."""
        return any(name in self.values for name in names)


def flag_names(text: str) -> frozenset[str]:
    """Return the words of ``text`` as the names of options that take no value."""
    return frozenset(text.split())


def read_options(words: tuple[str, ...], flags: frozenset[str], *, stop: bool = False) -> Options:
    """Divide ``words``; ``flags`` are the options that take no value, all others take one.

    With ``stop`` the first word that is no option ends them, as for a program that runs another.
    """
    values: dict[str, list[str]] = {}
    rest: list[str] = []
    waiting = list(reversed(words))
    while waiting:
        word = waiting.pop()
        if word == "--":
            break
        if word == "-" or not word.startswith("-"):
            rest.append(word)
            if stop:
                break
        elif word.startswith("--"):
            name, equals, value = word.partition("=")
            if not equals and name not in flags and waiting:
                value = waiting.pop()
            values.setdefault(name, []).append(value)
        else:
            _read_short(word, flags, waiting, values)
    return Options({name: tuple(found) for name, found in values.items()}, (*rest, *reversed(waiting)))


def _read_short(word: str, flags: frozenset[str], waiting: list[str], values: dict[str, list[str]]) -> None:
    if word in flags:  # programs that write long options with one dash
        values.setdefault(word, []).append("")
        return
    for position, letter in enumerate(word[1:], 2):
        name = "-" + letter
        if name in flags:
            values.setdefault(name, []).append("")
            continue
        value = word[position:].removeprefix("=")
        if not value and waiting:
            value = waiting.pop()
        values.setdefault(name, []).append(value)
        return

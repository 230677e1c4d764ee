"""Which signals STOPSIGNAL accepts.

Source: moby/sys ``signal`` (``ParseSignal``, ``signal_linux.go``); all engines use it or a copy.
"""

from __future__ import annotations

import re

_NAMES = frozenset({
    "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE",
    "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU",
    "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX",
})  # fmt: skip
_REAL_TIME = re.compile(r"RTMIN\+(?:[1-9]|1[0-5])|RTMAX-(?:[1-9]|1[0-4])")


def is_signal(text: str) -> bool:
    """Tell whether ``text`` is a number other than 0 or the name of a signal, with or without SIG."""
    if re.fullmatch(r"[-+]?[0-9]+", text):
        return int(text) != 0 if len(text) < 20 else False
    name = text.upper().removeprefix("SIG")
    return name in _NAMES or _REAL_TIME.fullmatch(name) is not None

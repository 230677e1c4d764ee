"""What Go's ``unicode`` and ``strings`` packages call blank; Python's ``str`` methods differ.

Source: Go ``unicode.IsSpace`` (the White_Space property); ``str.isspace`` also holds
U+001C to U+001F.
"""

import re

SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"  # noqa: E501
# How both parsers separate words on a line; a no-break space is part of a word.
WORD_BLANKS = r"[\t\v\f\r ]+"


def is_space(char: str) -> bool:
    """Tell whether Go's ``unicode.IsSpace`` holds for one character."""
    return char in SPACE


# Half of a pair that JSON may write; what stands for an undecodable byte of a file is none.
_HALVES = re.compile("[\ud800-\udc7f\udd00-\udfff]")


def replace_halves(text: str) -> str:
    """Return ``text`` with U+FFFD for surrogates that stand for nothing, as Go decodes JSON."""
    return _HALVES.sub("\ufffd", text)

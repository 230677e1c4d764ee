"""Who owns what COPY writes, and with which mode: ``--chown`` and ``--chmod`` as each engine reads them.

Sources: moby/buildkit client/llb/fileop.go ``WithUser``, solver/llbsolver/ops/user_linux.go
``readUser``, tonistiigi/dchapes-mode (symbolic modes); moby/moby builder/dockerfile
``parseChownFlag``; containers/buildah add.go ``userForCopy`` and pkg/chrootuser.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

import msgspec

from paritycheck.predict.copying.request import CopyRequest
from paritycheck.predict.copying.stagetree import StageTree

UNKNOWN_ID = -1
_NUMBER = re.compile(r"[0-9]+\Z")
_CLAUSE = re.compile(r"([ugoa]*)((?:[-+=][rwxXstugo]*)+)\Z")
_ACTION = re.compile(r"([-+=])([rwxXstugo]*)")
_CLASSES = {"u": 0o4700, "g": 0o2070, "o": 0o1007, "a": 0o7777}
_BITS = {"r": 0o444, "w": 0o222, "x": 0o111, "s": 0o6000, "t": 0o1000}


class Owner(msgspec.Struct, frozen=True):
    """Numeric user and group; :data:`UNKNOWN_ID` where a name could not be looked up by us."""

    uid: int = 0
    gid: int = 0


class Accounts(msgspec.Struct, frozen=True):
    """The rows of a file like /etc/passwd or /etc/group; ``state`` tells whether there is one to read."""

    rows: tuple[tuple[str, ...], ...]
    state: Literal["read", "missing", "unknown"]  # unknown: there may be more rows than these

    def number(self, name: str, column: int = 2) -> int | None:
        """Return the number in ``column`` of the row called ``name``."""
        for row in self.rows:
            if row[0] == name and len(row) > column and _NUMBER.match(row[column]):
                return int(row[column])
        return None


def read_accounts(stage: StageTree, path: str, read: Callable[[str], bytes | None] | None) -> Accounts:
    """Read ``etc/passwd`` or ``etc/group`` of a stage; ``read`` gives bytes of files of its base."""
    place = stage.locate(path)
    if place.entry is None:
        return Accounts((), "unknown" if place.certainty == "unknown" else "missing")
    data = stage.inline.get(place.entry.digest)
    if data is None and read is not None:
        data = read(place.path)
    if data is None:
        return Accounts((), "unknown")
    lines = data.decode("utf-8", "replace").splitlines()
    # A step that nobody could follow (useradd, a package's own accounts) may have added some.
    state: Literal["read", "unknown"] = "unknown" if stage.doubt(path) is not None else "read"
    return Accounts(tuple(tuple(line.split(":")) for line in lines if ":" in line), state)


def buildkit_owner(stage: StageTree, request: CopyRequest) -> Owner | None:
    """Return the owner that ``--chown`` asks for; a name that nobody has is root's, without a word.

    A name is an error only while the stage is still bare scratch.
    """
    if request.chown is None or not request.chown:
        return None
    user, _, group = request.chown.partition(":")
    named = not _NUMBER.match(user) or (":" in request.chown and not _NUMBER.match(group))
    if named and stage.is_blank():
        raise request.refusal("invalid user index: -1")
    passwd = read_accounts(stage, "etc/passwd", stage.read)
    if _NUMBER.match(user):
        uid = gid = int(user)
    elif passwd.state == "unknown" and passwd.number(user) is None:
        uid = gid = UNKNOWN_ID
    else:
        uid, gid = passwd.number(user) or 0, passwd.number(user, 3) or 0
    if ":" in request.chown:
        gid = int(group) if _NUMBER.match(group) else _group_or(stage, group, 0)
    return Owner(uid, gid)


def docker_owner(stage: StageTree, request: CopyRequest) -> Owner | None:
    """Return the owner that ``--chown`` asks for; without a group, the group of the user's name."""
    if request.chown is None:
        return None
    parts = request.chown.split(":")
    prefix = "unable to convert uid/gid chown string to host mapping: "
    if len(parts) > 2:
        raise request.refusal(f"{prefix}invalid chown string format: {request.chown}")
    user, group = parts if len(parts) == 2 else (parts[0], parts[0])
    passwd = read_accounts(stage, "etc/passwd", stage.read)
    uid = int(user) if _NUMBER.match(user) else _number_or(passwd, user)
    if uid is None:
        raise request.refusal(f"{prefix}can't find uid for user {user}: {_absence(passwd, 'passwd', user)}")
    groups = read_accounts(stage, "etc/group", stage.read)
    gid = int(group) if _NUMBER.match(group) else _number_or(groups, group)
    if gid is None:
        raise request.refusal(f"{prefix}can't find gid for group {group}: {_absence(groups, 'group', group)}")
    return Owner(uid, gid)


def podman_owner(stage: StageTree, request: CopyRequest) -> Owner | None:
    """Return the owner that ``--chown`` asks for; names must be in the stage's own files."""
    if request.chown is None:
        return None
    user, _, group = request.chown.partition(":")
    if not user and not group:
        raise request.refusal(
            f'looking up UID/GID for "{request.chown}": can\'t find uid for user {request.chown}'
        )
    if (not user or _NUMBER.match(user)) and (not group or _NUMBER.match(group)):
        uid = int(user or 0)
        return Owner(uid, int(group) if group else uid)
    passwd = read_accounts(stage, "etc/passwd", stage.read)
    uid_found = int(user) if _NUMBER.match(user) else _number_or(passwd, user)
    if uid_found is None:
        raise request.refusal(
            f'looking up UID/GID for "{request.chown}": determining run uid: '
            f'user: unknown user error looking up user "{user}"'
        )
    gid_found = _podman_group(stage, passwd, user, group)
    if gid_found is None:
        raise request.refusal(
            f'looking up UID/GID for "{request.chown}": determining run gid: '
            f'user: unknown group error looking up group "{group}"'
        )
    return Owner(uid_found, gid_found)


def _podman_group(stage: StageTree, passwd: Accounts, user: str, group: str) -> int | None:
    if _NUMBER.match(group):
        return int(group)
    if group:
        return _number_or(read_accounts(stage, "etc/group", stage.read), group)
    found = passwd.number(user, 3)
    return found if found is not None else UNKNOWN_ID if passwd.state == "unknown" else 0


def _group_or(stage: StageTree, name: str, default: int) -> int:
    groups = read_accounts(stage, "etc/group", stage.read)
    found = groups.number(name)
    return found if found is not None else UNKNOWN_ID if groups.state == "unknown" else default


def _number_or(accounts: Accounts, name: str) -> int | None:
    found = accounts.number(name)
    return UNKNOWN_ID if found is None and accounts.state == "unknown" else found


def _absence(accounts: Accounts, file: str, name: str) -> str:
    if accounts.state == "missing":
        return f"open /etc/{file}: no such file or directory"
    return f"no such {'user' if file == 'passwd' else 'group'}: {name}"


def octal_mode(text: str) -> int | None:
    """Return the number that an octal mode of at most 32 bits stands for, ``None`` if it is none."""
    if not re.fullmatch(r"[0-7]+", text):
        return None
    number = int(text, 8)
    return number if number < 1 << 32 else None


def is_symbolic_mode(text: str) -> bool:
    """Tell whether ``text`` is a mode like ``u=rwX,go-w``."""
    return all(_CLAUSE.match(clause) for clause in text.split(","))


def apply_symbolic_mode(text: str, mode: int, is_dir: bool) -> int:
    """Return ``mode`` changed as the symbolic ``text`` says, without a umask.

    ``X`` adds execution to directories and to what somebody may already execute.
    """
    for clause in text.split(","):
        parsed = _CLAUSE.match(clause)
        assert parsed is not None, "checked with is_symbolic_mode"  # noqa: S101
        scope = 0
        for letter in parsed[1] or "a":
            scope |= _CLASSES[letter]
        for operator, letters in _ACTION.findall(parsed[2]):
            bits = _mode_bits(letters, mode, is_dir) & scope
            if operator == "+":
                mode |= bits
            elif operator == "-":
                mode &= ~bits
            else:
                mode = mode & ~(scope & 0o777) | bits
    return mode


def _mode_bits(letters: str, mode: int, is_dir: bool) -> int:
    bits = 0
    for letter in letters:
        if letter == "X":
            bits |= 0o111 if is_dir or mode & 0o111 else 0
        elif letter in _BITS:
            bits |= _BITS[letter]
        else:
            shift = {"u": 6, "g": 3, "o": 0}[letter]
            bits |= (mode >> shift & 7) * 0o111
    return bits

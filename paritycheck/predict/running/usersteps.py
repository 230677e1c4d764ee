"""Accounts that a RUN makes, as far as a later step or the container asks for their home directories.

Source: the manual pages of shadow's ``useradd`` and ``usermod``, Debian's ``adduser`` and BusyBox's;
engines take HOME from ``/etc/passwd`` unless the image sets it.
"""

from __future__ import annotations

from paritycheck.predict.environment.sitepaths import home_of
from paritycheck.predict.running.commandoptions import Options
from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field

_PASSWD = "/etc/passwd"  # noqa: S105 (the file of that name)
_FIRST_UID = 1000
_USERADD = ("bcdefgGkKpsuZ", ("--base-dir", "--comment", "--home-dir", "--expiredate", "--inactive", "--gid",
                              "--groups", "--skel", "--key", "--password", "--shell", "--uid"))  # fmt: skip
_ADDUSER = ("hgsGuk", ("--home", "--shell", "--uid", "--gid", "--ingroup", "--gecos", "--comment", "--conf",
                       "--firstuid", "--lastuid"))  # fmt: skip
_USERMOD = ("cdegGlpsuZ", ("--home", "--uid", "--gid", "--groups", "--shell", "--login", "--comment"))


def add_user(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``useradd``, ``adduser``: one more account. Putting a user into a group changes nothing here."""
    name = str(fields[0]).rpartition("/")[2]
    options = Options(fields[1:], *(_USERADD if name == "useradd" else _ADDUSER))
    shell.touch("", "system")
    user = options.operands[-1] if options.operands else None
    if not isinstance(user, str) or (name == "adduser" and len(options.operands) > 1):
        return None
    home = _value(options, "--home-dir", "--home", "d", "h") or f"/home/{user}"
    _note(shell, user, _value(options, "--uid", "u") or _next_uid(shell, options), home)
    bare = options.has("H", "--no-create-home")
    if options.has("m", "--create-home") or (name == "adduser" and not bare):
        shell.make_directory(shell.path(home))
    return None


def change_user(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``usermod``: another home directory, another number."""
    options = Options(fields[1:], *_USERMOD)
    shell.touch("", "system")
    user = options.operands[-1] if options.operands else None
    home, uid = _value(options, "--home", "d"), _value(options, "--uid", "u")
    if isinstance(user, str) and (home or uid):
        _note(shell, user, uid, home or home_of(user, _accounts(shell)))
    return None


def _value(options: Options, *names: str) -> str:
    found = next((options.values[name] for name in names if name in options.values), "")
    return found if isinstance(found, str) else ""


def _next_uid(shell: Shell, options: Options) -> str:
    """Return the number that is given when none is asked for; of system accounts nobody knows it."""
    if options.has("-r", "r", "S", "--system"):
        return ""
    taken = [line.split(":")[2] for line in _accounts(shell).splitlines() if line.count(":") > 2]
    numbers = [int(number) for number in taken if number.isdecimal()]
    return str(max([_FIRST_UID - 1, *(number for number in numbers if _FIRST_UID <= number < 60000)]) + 1)


def _accounts(shell: Shell) -> str:
    return (shell.read(_PASSWD) or b"").decode("utf-8", "replace")


def _note(shell: Shell, user: str, uid: str, home: str) -> None:
    others = [line for line in _accounts(shell).splitlines() if line.partition(":")[0] != user]
    shell.write(_PASSWD, "\n".join([*others, f"{user}:x:{uid}:{uid}::{home}:/bin/sh", ""]).encode())

"""Files that list processes: the configurations of supervisord and circus, and the Procfile.

Sources: supervisor ``options.py`` (ini sections ``program:NAME``), circus ``config.py``, Heroku's Procfile
(``name: command``), honcho ``process.py``.
"""

import configparser
import re

import msgspec

_VARIABLE = re.compile(r"""\b(\w{1,200})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^,\s]*))""")


class Listed(msgspec.Struct, frozen=True):
    """One process: ``environment`` as ``name=value`` pairs, ``line`` where its command stands."""

    name: str
    command: str
    directory: str = ""
    environment: dict[str, str] = {}
    line: int = 0
    by_shell: bool = False


def read_ini(text: str) -> dict[str, dict[str, str]]:
    """Return the sections of an ini file, names lower-cased, values as written; a broken file has none."""
    parser = configparser.RawConfigParser(
        strict=False, allow_no_value=True, inline_comment_prefixes=(";", "#")
    )
    try:
        parser.read_string(text)
    except configparser.Error:
        return {}
    return {
        section: {name: value or "" for name, value in parser.items(section)} for section in parser.sections()
    }


def read_supervisor(text: str) -> tuple[Listed, ...]:
    """Return the programs of a supervisord configuration, those that are started by themselves."""
    found: list[Listed] = []
    for section, settings in read_ini(text).items():
        kind, _, name = section.partition(":")
        if kind not in ("program", "fcgi-program", "eventlistener") or not settings.get("command"):
            continue
        if settings.get("autostart", "true").lower() in ("false", "no", "off", "0"):
            continue
        found.append(
            Listed(
                name,
                settings["command"].replace("%%", "%"),
                settings.get("directory", ""),
                _environment(settings.get("environment", "")),
                _line_of(text, section),
            )
        )
    return tuple(found)


def read_circus(text: str) -> tuple[Listed, ...]:
    """Return the watchers of a circus configuration; what it fills in itself is no word of the command."""
    sections = read_ini(text)
    found: list[Listed] = []
    for section, settings in sections.items():
        kind, _, name = section.partition(":")
        command = " ".join(filter(None, (settings.get("cmd"), settings.get("args"))))
        if kind == "watcher" and command:
            environment = {
                key.upper(): value
                for each, pairs in sections.items()
                if each == "env" or name in each.removeprefix("env:").split(",")
                for key, value in pairs.items()
                if each.startswith("env")
            }
            where = settings.get("working_dir", "")
            found.append(Listed(name, command, where, environment, _line_of(text, section)))
    return tuple(found)


def _environment(text: str) -> dict[str, str]:
    return {match[1]: match[2] or match[3] or match[4] or "" for match in _VARIABLE.finditer(text)}


def included_files(text: str) -> tuple[str, ...]:
    """Return the patterns of supervisord's ``[include]``."""
    return tuple(read_ini(text).get("include", {}).get("files", "").split())


def read_procfile(text: str) -> tuple[Listed, ...]:
    """Return the processes of a Procfile; their commands are the shell's."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r"([A-Za-z0-9_-]+):\s*(.+)$", line)
        if match:
            found.append(Listed(match[1], match[2].strip(), line=number, by_shell=True))
    return tuple(found)


def _line_of(text: str, section: str) -> int:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() == f"[{section}]":
            return number
    return 0

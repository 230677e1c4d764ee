"""What a start script runs: its commands in order, each with the directory and variables that it gets.

Source: POSIX.1-2024, Shell Command Language 2.5 (parameters), 2.6 (expansions), 2.14 (special
built-ins). Both branches are followed where only a run would tell which one is taken.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Mapping

import msgspec

from paritycheck.model.location import Location
from paritycheck.parse import shellscript as sh
from paritycheck.parse.optionwords import flag_names
from paritycheck.parse.shell import parse_script
from paritycheck.predict.startconditions import test
from paritycheck.predict.startscene import UNKNOWN, Command, Outcome, Process, Scene

Status = bool | None  # whether a command succeeds; None: nobody knows

_DEPTH = 40  # of files and functions that call each other
_MOST = 400  # commands of one start
# What prepares a start and runs nothing of the project's.
_PLUMBING = flag_names(
    "echo printf : true sleep mkdir chmod chown touch rm cp mv ln cat ls date whoami id umask ulimit "
    "trap wait kill read shopt alias type hash getopts let tee grep sed awk cut tr head sort uniq wc "
    "find xargs which uname hostname df du tar gzip curl wget nc ping openssl pg_isready mysqladmin "
    "redis-cli psql mysql usermod groupmod useradd groupadd adduser addgroup stty clear history pip pip3 "
    "apt-get apt apk git sync install seq nproc envsubst jq"
)


def run_shell(text: str, scene: Scene, arguments: tuple[str, ...], name: str = "") -> tuple[Outcome, ...]:
    """Return what a script runs.

    ``arguments`` are ``$0`` and what follows, ``name`` is its file if it has one.
    """
    shell = _Shell(scene, arguments, name, text)
    shell.sequence(parse_script(text))
    return tuple(shell.found)


class _Shell:
    """The state of one shell."""

    def __init__(self, scene: Scene, arguments: tuple[str, ...], name: str, text: str) -> None:
        self.scene = scene
        self.arguments = arguments
        self.name = name
        self.text = text
        self.offset = 0
        self.variables: dict[str, str] = {}
        self.functions: dict[str, sh.Command] = {}
        self.found: list[Outcome] = []
        self.output: list[str] = []
        self.over = False
        self.depth = 0
        self.budget = [_MOST]

    def fork(self) -> _Shell:
        """Return a shell in the same state; what it runs is run by this one too."""
        twin = _Shell(self.scene, self.arguments, self.name, self.text)
        twin.variables, twin.functions = dict(self.variables), dict(self.functions)
        twin.found, twin.depth, twin.offset, twin.budget = self.found, self.depth, self.offset, self.budget
        return twin

    def sequence(self, commands: sh.Sequence) -> Status:
        status: Status = True
        for command in commands.commands:
            if self.over:
                break
            status = self.run(command)
        return status

    def run(self, command: sh.Command) -> Status:
        """Follow one command."""
        self.budget[0] -= 1
        if self.depth > _DEPTH or self.budget[0] < 0:
            self.over = True
            return None
        match command:
            case sh.Simple():
                return self._simple(command)
            case sh.Sequence():
                return self.sequence(command)
            case sh.Redirected(body=body):
                return self.run(body)
            case sh.Chain():
                return self._chain(command)
            case sh.Not(body=body):
                status = self.run(body)
                return None if status is None else not status
            case sh.Group(body=body, subshell=subshell):
                return self.fork().sequence(body) if subshell else self.sequence(body)
            case sh.Pipeline(commands=commands):
                for part in commands:
                    self.fork().run(part)
                return None
            case sh.If():
                return self._if(command)
            case sh.Case():
                return self._case(command)
            case sh.For() | sh.While():
                return self._loop(command)
            case sh.Function(name=name, body=body):
                self.functions[name] = body
                return True
            case sh.Opaque(text=text):
                problem = f"not understood: {text.strip()[:60]}"
                self.found.append(
                    Process((), self.scene.cwd, problem=problem, idle=True, location=self._at(text))
                )
        return None

    def _chain(self, command: sh.Chain) -> Status:
        left = self.run(command.left)
        if self.over:
            return left
        if left is not None:
            return self.run(command.right) if left == (command.operator == "&&") else left
        if command.operator == "||":
            self.fork().run(command.right)
            return None
        status = self.run(command.right)
        # A program is taken to succeed, what is tested is not.
        self.over = self.over and not _is_test(command.left)
        return status

    def _if(self, command: sh.If) -> Status:
        arms = [*command.arms, *([(sh.Sequence(()), command.otherwise)] if command.otherwise else [])]
        ends: list[_Shell] = []
        for condition, body in arms:
            holds = self.sequence(condition)
            if holds is False:
                continue
            if holds is True and not ends:
                return self.sequence(body)
            branch = self.fork()
            branch.sequence(body)
            ends.append(branch)
            if holds is True:
                break
        else:
            ends.append(self.fork())
        self._meet(ends)
        return None

    def _meet(self, ends: list[_Shell]) -> None:
        """Go on in the state that the branches agree on; those that are over do not go on."""
        open_ends = [branch for branch in ends if not branch.over]
        if not open_ends:
            self.over = bool(ends)
            return
        names = {name for branch in open_ends for name in branch.variables}
        for name in names:
            values = {branch.variables.get(name, UNKNOWN) for branch in open_ends}
            self.variables[name] = values.pop() if len(values) == 1 else UNKNOWN
        changed = [branch for branch in open_ends if branch.scene != self.scene]
        if changed:
            self.scene = changed[0].scene

    def _case(self, command: sh.Case) -> Status:
        subject = self._text(command.subject)
        ends: list[_Shell] = []
        for patterns, body in command.items:
            texts = [self._text(pattern) for pattern in patterns]
            if UNKNOWN not in subject:
                if any(fnmatch.fnmatchcase(subject, text) for text in texts):
                    return self.sequence(body)
                continue
            branch = self.fork()
            branch.sequence(body)
            ends.append(branch)
        if ends:
            self._meet([*ends, self.fork()])
        return None

    def _loop(self, command: sh.For | sh.While) -> Status:
        if isinstance(command, sh.While):
            self.sequence(command.condition)
            if not self.over:
                self.fork().sequence(command.body)
            return None
        values = [field for value in command.values for field in self._fields(value)]
        for value in values[:20]:
            self.variables[command.variable] = value
            self.sequence(command.body)
            if self.over:
                break
        return None

    def _simple(self, command: sh.Simple) -> Status:
        words = tuple(field for word in command.words for field in self._fields(word))
        given = {name: self._text(word) for name, word in command.assignments}
        if not words:
            self._assign(given)
            return True
        name, *rest = words
        if name in ("exec", "command", "builtin", "nohup", "time") and rest and not rest[0].startswith("-"):
            ends = name == "exec"
            words = tuple(rest)
            status = self._call(words, given, command.text)
            self.over = self.over or ends
            return status
        if words == ("exec",):
            return True  # only redirects
        if name in _BUILTINS:
            return self._builtin(name, rest, given)
        return self._call(words, given, command.text)

    def _call(self, words: tuple[str, ...], given: Mapping[str, str], text: str) -> Status:
        name = words[0]
        if name in self.functions:
            outer = self.arguments
            self.arguments, self.depth = (outer[0] if outer else "", *words[1:]), self.depth + 1
            status = self.run(self.functions[name])
            self.arguments, self.depth = outer, self.depth - 1
            return status
        if name in ("[", "test", "[["):
            return test(words, self.scene)
        if name in ("pwd", "dirname", "basename", "realpath", "readlink", "echo", "printf"):
            self.output.append(self._printed(name, words[1:]))
            return True
        if name in _PLUMBING:
            self.output.append(UNKNOWN)
            return None
        scene = msgspec.structs.replace(self.scene.given(given), location=self._at(text))
        self.found.append(Command(words, scene))
        self.output.append(UNKNOWN)
        return None

    def _printed(self, name: str, rest: tuple[str, ...]) -> str:
        operands = [word for word in rest if not word.startswith("-")]
        last = operands[-1] if operands else ""
        if name == "pwd":
            return self.scene.cwd
        if name == "dirname":
            return posixpath.dirname(last.rstrip("/")) or "."
        if name == "basename":
            return posixpath.basename(operands[0]) if operands else ""
        if name in ("realpath", "readlink"):
            return self.scene.files.real(self.scene.absolute(last))
        return " ".join(operands) if name == "echo" else UNKNOWN

    def _builtin(self, name: str, rest: list[str], given: Mapping[str, str]) -> Status:
        if name in ("cd", "pushd"):
            directory = next((word for word in rest if not word.startswith("-")), "")
            if directory and UNKNOWN not in directory:
                self.scene = self.scene.entered(directory)
        elif name in ("export", "declare", "typeset", "local", "readonly"):
            # A name alone exports the variable as it is.
            bare = {word: self.variables[word] for word in rest if word in self.variables}
            plain = dict(word.split("=", 1) for word in rest if "=" in word and not word.startswith("-"))
            self.variables.update({**plain, **given})
            if name == "export" or "-x" in rest:
                self.scene = self.scene.given({**bare, **plain, **given})
        elif name == "set":
            if "--" in rest:
                self.arguments = (*self.arguments[:1], *rest[rest.index("--") + 1 :])
            elif rest and not rest[0].startswith(("-", "+")):
                self.arguments = (*self.arguments[:1], *rest)
        elif name == "shift":
            count = int(rest[0]) if rest and rest[0].isdecimal() else 1
            self.arguments = (*self.arguments[:1], *self.arguments[1 + count :])
        elif name == "unset":
            for word in rest:
                self.variables[word] = ""
                if word in self.scene.env:
                    self.scene = self.scene.given({word: ""})
        elif name in ("source", "."):
            self._source(rest)
        elif name == "eval":
            self.depth += 1
            self.sequence(parse_script(" ".join(rest)))
            self.depth -= 1
        elif name in ("exit", "return"):
            self.over = name == "exit"
        elif name == "false":
            return False
        return True

    def _source(self, rest: list[str]) -> None:
        text = self.scene.text(self.scene.absolute(rest[0])) if rest and UNKNOWN not in rest[0] else None
        path = self.scene.absolute(rest[0]) if rest else ""
        if text is None:
            if path.endswith("/bin/activate"):
                root = path.removesuffix("/bin/activate")
                before = self.scene.env.get("PATH") or ""
                self.scene = self.scene.given(
                    {"VIRTUAL_ENV": root, "PATH": f"{root}/bin:{before}" if before else f"{root}/bin"}
                )
            return
        if path.endswith("/bin/activate") and "VIRTUAL_ENV" in text:
            root = path.removesuffix("/bin/activate")
            before = self.scene.env.get("PATH") or "/usr/local/bin:/usr/bin:/bin"
            self.scene = self.scene.given({"VIRTUAL_ENV": root, "PATH": f"{root}/bin:{before}"})
            return
        outer = (self.name, self.text, self.offset)
        self.name, self.text, self.offset, self.depth = path, text, 0, self.depth + 1
        self.sequence(parse_script(text))
        (self.name, self.text, self.offset), self.depth = outer, self.depth - 1

    def _assign(self, given: Mapping[str, str]) -> None:
        self.variables.update(given)
        exported = {name: value for name, value in given.items() if name in self.scene.env}
        self.scene = self.scene.given(exported)

    def _at(self, text: str) -> Location | None:
        if not self.name:
            return self.scene.location
        first = text.strip().partition("\n")[0]
        position = self.text.find(first, self.offset)
        position = self.text.find(first) if position < 0 else position
        if position < 0:
            return Location(self.name)
        self.offset = position
        return Location(self.name, self.text.count("\n", 0, position) + 1, first)

    def _lookup(self, name: str) -> str | None:
        """Return a parameter's value; ``None`` where it is not set, or may be set from outside."""
        if name.isdecimal():
            number = int(name)
            return self.arguments[number] if number < len(self.arguments) else ""
        if name == "#":
            return str(max(0, len(self.arguments) - 1))
        if name in ("@", "*"):
            return " ".join(self.arguments[1:])
        if name == "PWD":
            return self.scene.cwd
        if name in self.variables:
            return self.variables[name]
        if name in self.scene.env:
            value = self.scene.env[name]
            return UNKNOWN if value is None else value
        return None

    def _value(self, part: sh.Part) -> str:
        match part:
            case sh.Text(text=text):
                return text
            case sh.Unclear(text=text):
                return self._substitute(text)
            case sh.Variable(name=name, operator=operator, operand=operand):
                value = self._lookup(name)
                absent = value is None or (operator.startswith(":") and value == "")
                other = self._text(operand) if operand is not None else ""
                if operator[-1:] == "+":
                    return "" if absent else other
                if absent and operator[-1:] in ("-", "="):
                    if operator[-1:] == "=":
                        self._assign({name: other})
                    return other
                return UNKNOWN if value is None else value
        return UNKNOWN

    def _substitute(self, text: str) -> str:
        if text.startswith("$((") or not text.startswith(("$(", "`")):
            return self._trimmed(text)
        inner = text[2:-1] if text.startswith("$(") else text[1:-1]
        twin = self.fork()
        twin.found, twin.depth = [], self.depth + 1
        twin.sequence(parse_script(inner))
        printed = [each for each in twin.output if each]
        return UNKNOWN if twin.found or len(printed) != 1 or UNKNOWN in printed[0] else printed[0]

    def _trimmed(self, text: str) -> str:
        """``${0%/*}`` and ``${1#-}`` with a literal pattern, which start scripts are fond of."""
        match = re.fullmatch(r"\$\{(\w+)(%%?|##?)([^${}]*)\}", text)
        value = self._lookup(match[1]) if match else None
        if match is None or value is None or UNKNOWN in value:
            return UNKNOWN
        sizes = range(len(value) + 1)
        ends = match[2].startswith("%")
        for size in sorted(sizes, reverse=len(match[2]) == 2):
            piece = value[len(value) - size :] if ends else value[:size]
            if fnmatch.fnmatchcase(piece, match[3]):
                return value[: len(value) - size] if ends else value[size:]
        return value

    def _text(self, word: sh.Word) -> str:
        return "".join(self._value(part) for part in word.parts)

    def _fields(self, word: sh.Word) -> list[str]:
        fields: list[str] = []
        open_field = False
        for part in word.parts:
            if isinstance(part, sh.Variable) and part.name == "@" and part.quoted and not part.operator:
                pieces = list(self.arguments[1:])
            elif isinstance(part, sh.Text) or part.quoted:
                pieces = [self._value(part)]
            else:
                pieces = self._value(part).split()
            if not pieces:
                continue
            if open_field and fields:
                fields[-1] += pieces.pop(0)
            fields.extend(pieces)
            open_field = True
        return fields


_BUILTINS = flag_names(
    "cd pushd export declare typeset local readonly set shift unset source . eval exit return false"
)


def _is_test(command: sh.Command) -> bool:
    while isinstance(command, sh.Redirected | sh.Not):
        command = command.body
    if not isinstance(command, sh.Simple) or not command.words:
        return False
    first = command.words[0].parts
    return bool(first) and isinstance(first[0], sh.Text) and first[0].text in ("[", "[[", "test")

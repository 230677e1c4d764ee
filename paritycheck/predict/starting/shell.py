"""What a start script runs: its commands in order, each with the directory and variables that it gets.

Source: POSIX.1-2024, Shell Command Language 2.9 (commands), 2.9.5 (functions). Both branches are
followed where only a run would tell which one is taken.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from itertools import islice

import msgspec

from paritycheck.parse.command import shellscript as sh
from paritycheck.parse.command.optionwords import flag_names
from paritycheck.parse.command.shell import parse_script
from paritycheck.predict.starting.builtins import BUILTINS, PRINTERS, activate, after_options
from paritycheck.predict.starting.conditions import test
from paritycheck.predict.starting.scene import UNKNOWN, Command, Outcome, Process, Scene
from paritycheck.predict.starting.state import ShellState, expand_fields, expand_text, looked_up

Status = bool | None  # whether a command succeeds; None: nobody knows

_DEPTH = 40  # of files and functions that call each other
_MOST = 2000  # commands that are looked at
_WORDS = 4096  # of one command; scripts can double theirs
_ROUNDS = 20  # of a loop
# What prepares a start and runs nothing of the project's.
_PLUMBING = flag_names(
    "printf sleep mkdir chmod chown touch rm cp mv ln cat ls date whoami id umask ulimit trap wait kill read "
    "shopt alias type hash getopts let tee grep sed awk cut tr head sort uniq wc find xargs which uname "
    "hostname df du tar gzip curl wget nc ping openssl pg_isready mysqladmin redis-cli psql mysql usermod "
    "groupmod useradd groupadd adduser addgroup stty clear history pip pip3 apt-get apt apk git sync install "
    "seq nproc envsubst jq passwd ip ifconfig ps lsof ss netstat pgrep pkill killall stat free expr dirname "
    "basename readlink realpath mktemp mkfifo dd base64 md5sum sha256sum unzip gunzip rsync getent nslookup "
    "dig host ldconfig sysctl update-ca-certificates ssh-keygen mongosh nvidia-smi crontab xdpyinfo"
)
_TESTS = ("[", "[[", "test")


def run_shell(text: str, scene: Scene, arguments: tuple[str, ...], name: str = "") -> tuple[Outcome, ...]:
    """Return what a script runs.

    ``arguments`` are ``$0`` and what follows, ``name`` is its file if it has one.
    """
    run = _Run()
    try:
        run.sequence(parse_script(text), ShellState(scene, arguments, name, text))
    except RecursionError:
        problem = f"{name or 'a script'} is nested too deeply"
        return (*run.found, Process(arguments, scene.cwd, problem=problem, location=scene.location))
    return tuple(run.found)


class _Run:
    """What was found so far; ``printed`` is what a substitution would be replaced with."""

    def __init__(self, budget: int = _MOST) -> None:
        self.found: list[Outcome] = []
        self.printed: list[str] = []
        self.budget = budget

    def sequence(self, commands: sh.Sequence, state: ShellState) -> Status:
        """Follow commands until the shell is over."""
        status: Status = True
        for command in commands.commands:
            if state.over:
                break
            status = self.command(command, state)
        return status

    def command(self, command: sh.Command, state: ShellState) -> Status:
        """Follow one command."""
        self.budget -= 1
        if state.depth > _DEPTH or self.budget < 0:
            state.over = True
            return None
        match command:
            case sh.Simple():
                return self._simple(command, state)
            case sh.Sequence():
                return self.sequence(command, state)
            case sh.Redirected(body=body, redirects=redirects):
                return self._redirected(body, redirects, state)
            case sh.Not(body=body):
                status = self.command(body, state)
                return None if status is None else not status
            case sh.Group(body=body, subshell=subshell):
                return self.sequence(body, state.fork() if subshell else state)
            case sh.Pipeline(commands=commands):
                for part in commands:
                    self.command(part, state.fork())
                return None
            case sh.Function(name=name, body=body):
                state.functions[name] = body
                return True
            case _:
                return self._compound(command, state)

    def _redirected(self, body: sh.Command, redirects: tuple[sh.Redirect, ...], state: ShellState) -> Status:
        before = len(self.found)
        status = self.command(body, state)
        given = [redirect.target for redirect in redirects if redirect.operator == "<<"]
        last = self.found[-1] if self.found[before:] else None
        if given and isinstance(body, sh.Simple) and isinstance(last, Command):
            self.found[-1] = msgspec.structs.replace(last, given=self._text(given[-1], state))
        return status

    def _compound(self, command: sh.Command, state: ShellState) -> Status:
        match command:
            case sh.Chain():
                return self._chain(command, state)
            case sh.If():
                return self._if(command, state)
            case sh.Case():
                return self._case(command, state)
            case sh.For():
                return self._for(command, state)
            case sh.While(condition=condition, body=body):
                self.sequence(condition, state)
                if not state.over:
                    self.sequence(body, state.fork())
            case sh.Opaque(text=text):
                where = state.place(text)
                problem = f"not understood: {text.strip()[:60]}"
                self.found.append(Process((), state.scene.cwd, problem=problem, idle=True, location=where))
        return None

    def _chain(self, command: sh.Chain, state: ShellState) -> Status:
        left = self.command(command.left, state)
        if state.over:
            return left
        if left is not None:
            return self.command(command.right, state) if left == (command.operator == "&&") else left
        if command.operator == "||":
            self.command(command.right, state.fork())
            return None
        status = self.command(command.right, state)
        # A program is taken to succeed; what is tested may be either way.
        state.over = not _is_test(command.left) and state.over
        return status

    def _if(self, command: sh.If, state: ShellState) -> Status:
        ends: list[ShellState] = []
        for condition, body in command.arms:
            holds = self.sequence(condition, state)
            if state.over or holds is False:
                continue
            if holds is True and not ends:
                return self.sequence(body, state)
            ends.append(self._branch(body, state))
            if holds is True:
                state.meet(ends)
                return None
        otherwise = command.otherwise or sh.Sequence(())
        if not ends:
            return self.sequence(otherwise, state)
        state.meet([*ends, self._branch(otherwise, state)])
        return None

    def _branch(self, body: sh.Sequence, state: ShellState) -> ShellState:
        branch = state.fork()
        self.sequence(body, branch)
        return branch

    def _case(self, command: sh.Case, state: ShellState) -> Status:
        subject = self._text(command.subject, state)
        ends: list[ShellState] = []
        for patterns, body in command.items:
            if UNKNOWN in subject:
                ends.append(self._branch(body, state))
            elif any(fnmatch.fnmatchcase(subject, self._text(pattern, state)) for pattern in patterns):
                return self.sequence(body, state)
        if ends:
            state.meet([*ends, state.fork()])
        return None

    def _for(self, command: sh.For, state: ShellState) -> Status:
        values = [field for value in command.values for field in self._fields(value, state)]
        for value in values[:_ROUNDS]:
            state.assign({command.variable: value})
            self.sequence(command.body, state)
            if state.over:
                break
        return None

    def _simple(self, command: sh.Simple, state: ShellState) -> Status:
        written = command.words if _is_test(command) else map(looked_up, command.words)
        fields = (field for word in written for field in self._fields(word, state))
        words = tuple(islice(fields, _WORDS))
        given = {
            name: self._text(word, state)
            for name, word in command.assignments
            if not self._array(name, word, command.text, state)
        }
        if not words:
            state.assign(given)
            return True
        name, *rest = words
        if words == ("exec",):
            return True  # only redirects
        if name == "exec":
            status = self._call(after_options(rest), given, command.text, state)
            state.over = True
            return status
        if name in ("command", "builtin") and rest and not rest[0].startswith("-"):
            words = tuple(rest)
            name, *rest = words
        if name in BUILTINS:
            BUILTINS[name](state, rest, given)
            return True
        return self._call(words, given, command.text, state)

    def _array(self, name: str, word: sh.Word, text: str, state: ShellState) -> bool:
        """Set a variable that is given a list, ``x=(…)`` or ``x+=(…)``; false if it is not."""
        part = word.parts[0] if len(word.parts) == 1 else None
        if not isinstance(part, sh.Text) or part.quoted or not part.text.startswith("("):
            return False
        script = parse_script("_ " + part.text[1:-1].replace("\n", " ")).commands
        inner = script[0] if len(script) == 1 else None
        words = inner.words[1:] if isinstance(inner, sh.Simple) else ()
        before = state.arrays.get(name, ()) if f"{name}+=" in text else ()
        fields = [field for each in words for field in self._fields(each, state)]
        state.arrays[name] = (*before, *fields)[:_WORDS]
        return True

    def _call(self, words: tuple[str, ...], given: Mapping[str, str], text: str, state: ShellState) -> Status:
        name = words[0] if words else ""
        if name in state.functions:
            return self._function(words, state)
        if name in _TESTS:
            return test(words, state.scene)
        if name == "false":
            return False
        if name in ("source", ".", "eval"):
            self._inner(name, words[1:], state)
            return None
        if name in PRINTERS:
            operands = [word for word in words[1:] if not word.startswith("-")]
            self.printed.append(PRINTERS[name](state.scene, operands))
            return True
        self.printed.append(UNKNOWN)
        if name not in _PLUMBING:
            scene = msgspec.structs.replace(state.scene.given(given), location=state.place(text))
            self.found.append(Command(words, scene))
        return None

    def _function(self, words: tuple[str, ...], state: ShellState) -> Status:
        outer = state.arguments
        state.arguments, state.depth = (*outer[:1], *words[1:]), state.depth + 1
        status = self.command(state.functions[words[0]], state)
        state.arguments, state.depth = outer, state.depth - 1
        return status

    def _inner(self, name: str, rest: tuple[str, ...], state: ShellState) -> None:
        """Follow ``. FILE`` and ``eval TEXT`` in the shell itself."""
        state.depth += 1
        if name == "eval":
            self.sequence(parse_script(" ".join(rest)), state)
        elif rest and UNKNOWN not in rest[0]:
            path = state.scene.absolute(rest[0])
            if path.endswith("/bin/activate"):
                state.scene = activate(state.scene, path)
            else:
                text = state.scene.text(path) or ""
                outer = state.name, state.text, state.offset
                state.name, state.text, state.offset = path, text, 0
                self.sequence(parse_script(text), state)
                state.name, state.text, state.offset = outer
        state.depth -= 1

    def _substitute(self, text: str, state: ShellState) -> str:
        inner, shell = _Run(min(self.budget, 50)), state.fork()
        shell.depth += 1
        if shell.depth > _DEPTH // 4:
            return UNKNOWN
        inner.sequence(parse_script(text), shell)
        printed = [each for each in inner.printed if each]
        return UNKNOWN if inner.found or len(printed) != 1 or UNKNOWN in printed[0] else printed[0]

    def _text(self, word: sh.Word, state: ShellState) -> str:
        return expand_text(word, state, lambda text: self._substitute(text, state))

    def _fields(self, word: sh.Word, state: ShellState) -> list[str]:
        return expand_fields(word, state, lambda text: self._substitute(text, state))


def _is_test(command: sh.Command) -> bool:
    while isinstance(command, sh.Redirected | sh.Not):
        command = command.body
    if not isinstance(command, sh.Simple) or not command.words:
        return False
    first = command.words[0].parts
    return bool(first) and isinstance(first[0], sh.Text) and first[0].text in _TESTS

"""Import start modules, each in a process of its own: a script for any CPython from 3.6 on, stdlib only.

It is not imported but sent to the container's interpreter, as text, by ``capture.python.smoke``, below two
lines that set ``JOBS`` and ``MARKER``. The answer is one JSON document between two markers that
only the sender knows; what the imported code prints goes nowhere.
"""

import sys

EARLY = set(sys.modules)
if sys.path and sys.path[0] == "":
    del sys.path[0]  # what -c puts there: each job says what comes first

import json
import os
import select
import signal
import time
import traceback

TYPE_CHECKING = False  # as typing has it, without the cost of importing it
if TYPE_CHECKING:
    from typing import Any, Dict, List

    Job = Dict[str, Any]
    JOBS = []  # type: List[Job]
    MARKER = ""

CHAIN, FRAMES, TEXT = 6, 12, 2000
GRACE = 2.0  # seconds that a process has to describe where it was when its time was over


class Late(BaseException):
    """The time is over."""


def stop(*_: "Any") -> None:
    """Interrupt an import where it is, so that the traceback says where."""
    raise Late("the time limit")


def run(job: "Job") -> None:
    """Import what a job names."""
    sys.argv = [job["root"]]
    sys.path[:0] = job["first"]
    sys.path.extend(job["last"])
    for name in set(sys.modules) - EARLY:
        del sys.modules[name]  # a module of the project may have this name, and be meant
    if job["settings"]:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", job["settings"])
        __import__("django").setup()
    scope = {"__name__": "__main__", "__package__": job["package"]}
    for name in job["modules"]:
        __import__(name)
    for line, module, level, names in job["statements"]:
        job["line"] = line
        found = __import__(module, scope, {}, names, level)
        for name in names:
            if not hasattr(found, name):
                message = "cannot import name %r from %r" % (name, found.__name__)
                raise ImportError(message, name=found.__name__)
    job["line"] = 0
    for module, name in job["attributes"]:
        getattr(sys.modules[module], name)


def described(error: BaseException, job: "Job") -> "Dict[str, Any]":
    """Return one exception and the last lines of its traceback."""
    kind = type(error)
    frames = [
        {
            "file": each.filename,
            "line": each.lineno or 0,
            "function": each.name,
            "text": (each.line or "")[:200],
        }
        for each in traceback.extract_tb(error.__traceback__)
        if each.filename != "<smoke>" and not each.filename.startswith("<frozen importlib")
    ]
    if job.get("line") and job["path"]:
        frames.insert(0, {"file": job["path"], "line": job["line"], "function": "<module>", "text": ""})
    if isinstance(error, SyntaxError) and error.filename:
        frames.append({"file": error.filename, "line": error.lineno or 0, "function": "", "text": ""})
    wanted = getattr(error, "name_from", None)
    if isinstance(error, ImportError) and wanted is None and str(error).startswith("cannot import name '"):
        wanted = str(error).split("'")[1]  # before Python 3.12
    file = getattr(error, "filename", None) if isinstance(error, OSError) else None
    return {
        "type": kind.__name__ if kind.__module__ == "builtins" else kind.__module__ + "." + kind.__name__,
        "message": str(error)[:TEXT],
        "imports": isinstance(error, ImportError),
        "name": str(getattr(error, "name", None) or "") if isinstance(error, ImportError) else "",
        "wanted": str(wanted or ""),
        "file": file if isinstance(file, str) else "",
        "frames": frames[-FRAMES:],
    }


def chain(error: "BaseException | None", job: "Job") -> "List[Dict[str, Any]]":
    """Return an exception, what caused it, and so on."""
    found = []  # type: List[Dict[str, Any]]
    while error is not None and len(found) < CHAIN:
        found.append(described(error, job))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


def attempt(job: "Job") -> "Dict[str, Any]":
    """Run a job in this process and say what came of it."""
    answer = {"root": job["root"], "outcome": "imported"}  # type: Dict[str, Any]
    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, job["seconds"])
    try:
        run(job)
    except Late as error:
        answer.update(outcome="late", raised=chain(error, job)[:1])
    except BaseException as error:
        answer.update(outcome="raised", raised=chain(error, job))
    signal.setitimer(signal.ITIMER_REAL, 0)
    return answer


def child(job: "Job", pipe: int) -> None:
    """Be the process of one job."""
    try:
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        document = json.dumps(attempt(job)).encode("ascii")
        while document:
            document = document[os.write(pipe, document) :]
    finally:
        os._exit(0)


def supervise(job: "Job") -> "Dict[str, Any]":
    """Run a job in a process of its own."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        child(job, writer)
    os.close(writer)
    text, ended, status = b"", False, 0
    deadline = time.monotonic() + job["seconds"] + GRACE
    while time.monotonic() < deadline:
        ready = select.select([reader], [], [], 0.05)[0]
        chunk = os.read(reader, 1 << 16) if ready else b""
        text += chunk
        if ready and not chunk:
            break
        if ended and not ready:
            break  # its own children may hold the pipe open
        if not ended:
            ended, status = wait(pid, os.WNOHANG)
    late = time.monotonic() >= deadline
    if not ended:
        if late:
            os.kill(pid, signal.SIGKILL)
        _, status = wait(pid, 0)
    os.close(reader)
    try:
        answer = json.loads(text.decode("ascii"))  # type: Dict[str, Any]
    except ValueError:
        return {"root": job["root"], "outcome": "late" if late else "died", "status": status}
    return answer


def wait(pid: int, options: int) -> "tuple[bool, int]":
    """Tell whether a process has ended, and its exit code, negative for a signal."""
    found, status = os.waitpid(pid, options)
    code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    return found == pid, code


def main() -> None:
    """Run every job, and print what came of them."""
    document = json.dumps([supervise(job) for job in JOBS])
    sys.stdout.write("\n" + MARKER + document + MARKER + "\n")
    sys.stdout.flush()


main()

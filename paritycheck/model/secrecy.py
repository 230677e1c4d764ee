"""Which environment variables may be written down with their values.

A value may be a secret. Only those that steer Python and the search for programs and libraries
are needed to explain a failing import, and they hold none.
"""

_KEPT = frozenset(
    {
        "CONDA_PREFIX",
        "DJANGO_SETTINGS_MODULE",
        "FLASK_APP",
        "HOME",
        "LANG",
        "LANGUAGE",
        "LC_ALL",
        "LC_CTYPE",
        "LD_LIBRARY_PATH",
        "PATH",
        "PWD",
        "UV_PROJECT_ENVIRONMENT",
        "VIRTUAL_ENV",
    }
)
_SECRET = ("AUTH", "CREDENTIAL", "KEY", "PASS", "SECRET", "TOKEN")


def may_keep_value(name: str) -> bool:
    """Tell whether the value of the environment variable ``name`` may go into a document."""
    if name.startswith("PYTHON"):
        return not any(word in name for word in _SECRET)
    return name in _KEPT

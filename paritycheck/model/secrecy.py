"""Which environment variables may be written down with their values.

A value may be a secret. Only those that steer Python, the search for programs and libraries, and what
a program imports when it starts are needed to explain a failing import, and they hold none.
"""

# What a program is told to import: gunicorn and uvicorn images, Celery, Alembic, Flask's kin, test runners.
STARTING = frozenset(
    {
        "ALEMBIC_CONFIG",
        "APP_MODULE",
        "CELERY_APP",
        "DJANGO_SETTINGS_MODULE",
        "FAUST_APP",
        "FLASK_APP",
        "FUNCTION_SOURCE",
        "GUNICORN_CMD_ARGS",
        "LITESTAR_APP",
        "LOCUST_LOCUSTFILE",
        "MODULE_NAME",
        "PROCRASTINATE_APP",
        "PYTEST_ADDOPTS",
        "QUART_APP",
        "SCRAPY_SETTINGS_MODULE",
        "VARIABLE_NAME",
    }
)

_KEPT = frozenset(
    {
        "CONDA_PREFIX",
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
    return name in _KEPT or name in STARTING

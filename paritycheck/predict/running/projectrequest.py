"""What the flags and variables of uv, Poetry, pdm and Pipenv select of a project.

Source: the reference pages of ``uv sync`` and uv's environment variables, ``poetry install``, ``pdm
install``, ``pipenv install`` and ``sync``.
"""

from __future__ import annotations

from paritycheck.predict.running.managerwords import Values, is_on
from paritycheck.predict.running.piprequest import texts
from paritycheck.predict.running.shellstate import Shell
from paritycheck.predict.selecting.request import ProjectRequest


def uv_request(shell: Shell, values: Values, directory: str, exact: bool = True) -> ProjectRequest:
    """Return what ``uv sync`` asks for; ``uv run`` and ``uv export`` have the same flags."""
    without = texts(values, "--no-group")
    without += tuple(shell.variable("UV_NO_GROUP").split())
    if "--no-dev" in values or is_on(shell, "UV_NO_DEV"):
        without += ("dev",)
    only = texts(values, "--only-group") + (("dev",) if "--only-dev" in values else ())
    groups = texts(values, "--group") + (("dev",) if "--dev" in values or is_on(shell, "UV_DEV") else ())
    return ProjectRequest(
        location=shell.scene.location,
        directory=directory,
        extras=texts(values, "--extra"),
        all_extras="--all-extras" in values,
        no_extras=texts(values, "--no-extra"),
        groups=groups,
        all_groups="--all-groups" in values,
        only=only,
        without=without,
        no_defaults="--no-default-groups" in values or is_on(shell, "UV_NO_DEFAULT_GROUPS"),
        package=texts(values, "--package"),
        all_packages="--all-packages" in values,
        frozen="--frozen" in values or is_on(shell, "UV_FROZEN"),
        no_project=bool(
            {"--no-install-project", "--no-install-workspace", "--no-install-local", "--no-emit-project"}
            & values.keys()
        )
        or is_on(shell, "UV_NO_INSTALL_PROJECT"),
        exact=exact and "--inexact" not in values,
        skip=texts(values, "--no-install-package", "--no-emit-package"),
    )


def poetry_request(shell: Shell, values: Values, directory: str, exact: bool = False) -> ProjectRequest:
    """Return what ``poetry install`` asks for; ``poetry export`` has the same flags."""
    without = texts(values, "--without")
    without += ("dev",) if "--no-dev" in values else ()
    return ProjectRequest(
        location=shell.scene.location,
        directory=directory,
        extras=texts(values, "--extras", "-E"),
        all_extras="--all-extras" in values,
        groups=texts(values, "--with") + (("dev",) if "--dev" in values else ()),
        all_groups="--all-groups" in values,
        only=texts(values, "--only"),
        without=without,
        no_project="--no-root" in values,
        exact=exact or "--sync" in values or "--remove-untracked" in values,
    )


def pdm_request(shell: Shell, values: Values, directory: str, exact: bool = False) -> ProjectRequest:
    """Return what ``pdm install`` and ``pdm sync`` ask for: a group is one of development, or an extra."""
    groups = texts(values, "--group", "--with", "-G")
    every = ":all" in groups
    return ProjectRequest(
        location=shell.scene.location,
        directory=directory,
        extras=tuple(group for group in groups if group != ":all"),
        all_extras=every,
        groups=tuple(group for group in groups if group != ":all"),
        all_groups=every,
        without=texts(values, "--without") + (("default",) if "--no-default" in values else ()),
        no_defaults=bool({"--prod", "--production", "--no-dev"} & values.keys()),
        frozen=bool({"--frozen-lockfile", "--no-lock"} & values.keys()),
        no_project=bool({"--no-self", "--no-root"} & values.keys()),
        exact=exact,
    )


def pipenv_request(shell: Shell, values: Values, directory: str, exact: bool = False) -> ProjectRequest:
    """Return what ``pipenv install`` and ``sync`` ask for."""
    categories = texts(values, "--categories", "--category")
    named = {"packages": "default", "dev-packages": "develop"}
    dev = bool({"--dev", "-d", "--dev-only"} & values.keys()) or is_on(shell, "PIPENV_DEV")
    return ProjectRequest(
        location=shell.scene.location,
        directory=directory,
        groups=("develop",) if dev else (),
        only=("develop",)
        if "--dev-only" in values
        else tuple(named.get(category, category) for category in categories),
        frozen="--ignore-pipfile" in values,
        deploy="--deploy" in values,
        exact=exact,
    )

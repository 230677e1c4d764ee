"""The catalogue of distributions: the local environment, and with --resolve what an index says."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

from paritycheck.model.environment import Distribution, Environment
from paritycheck.predict.selecting.selection import Catalogue


def open_catalogue(
    stack: contextlib.ExitStack,
    environment: Environment,
    variables: Mapping[str, str],
    cache_dir: Path | None,
    *,
    resolve: bool,
) -> Catalogue:
    """Return what is known of distributions beside the project's own files.

    ``environment`` is the local one, ``variables`` those of this process, ``cache_dir`` where files of
    wheels are kept (``None``: nowhere). Unless ``resolve``, nothing ever asks the network; with it, the
    answer is of use until ``stack`` closes. Raises UsageError if there is no uv to resolve with;
    ``Catalogue.resolve`` raises SourceError if uv does not answer.
    """
    local: dict[str, Distribution] = {
        canonicalize_name(each.name): each for each in environment.distributions
    }
    if not resolve:
        return Catalogue(local=local)
    # Only here is anything of the network loaded.
    from paritycheck.capture.resolving.asking import ask_index

    return ask_index(stack, local, variables, cache_dir)

"""One healthy checkout with its image, for every test of the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commandline import Place, laid_out


@pytest.fixture
def place(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    """A checkout that is in parity with its image; the current directory is the checkout."""
    with laid_out(tmp_path, capfd, monkeypatch) as found:
        yield found

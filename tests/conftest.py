"""What all tests share: the fork server that asks the real compiler."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from judge import Judge


@pytest.fixture(scope="session")
def judge() -> Iterator[Judge]:
    """One fork server for the whole run."""
    server = Judge()
    yield server
    server.close()

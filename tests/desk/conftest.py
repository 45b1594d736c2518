"""A desk for a module's tests, signed in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from desks import Running, running_desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_desk(tmp_path_factory.mktemp("desk")) as running:
        running.sign_in()
        yield running

"""A Dask cluster of processes."""

import pytest
from batches import DaskProcesses


@pytest.fixture
def dask(tmp_path_factory):
    pytest.importorskip("distributed", reason="NOT TESTED WITH DASK: pip install 'dsr-report[dask]'")
    running = DaskProcesses(tmp_path_factory.mktemp("dask"), 3)
    yield running
    running.close()

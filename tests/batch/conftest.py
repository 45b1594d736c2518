"""A Dask cluster of processes, and a server of buckets."""

from importlib.util import find_spec

import pytest
from batches import BucketServer, DaskProcesses


@pytest.fixture
def dask(tmp_path_factory):
    pytest.importorskip("distributed", reason="NOT TESTED WITH DASK: pip install 'dsr-report[dask]'")
    running = DaskProcesses(tmp_path_factory.mktemp("dask"), 3)
    yield running
    running.close()


@pytest.fixture(scope="module")
def buckets(tmp_path_factory):
    """A server of buckets on loopback; whoever knows its environment may use them."""
    for library in ("distributed", "moto", "s3fs", "flask"):
        if find_spec(library) is None:
            pytest.skip(f"NOT TESTED WITH S3, as there is no {library}: pip install 'dsr-report[dev]'")
    running = BucketServer(tmp_path_factory.mktemp("buckets"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def dask_with_buckets(buckets, tmp_path_factory):
    """A cluster whose workers may use the buckets."""
    running = DaskProcesses(tmp_path_factory.mktemp("dask"), 2, **buckets.environment)
    yield running
    running.close()

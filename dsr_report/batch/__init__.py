"""Batches of subjects: fetched by a few threads, rendered by processes (or a Dask cluster), resumable.

lists       the subjects to answer
runner      fetch → render → write down, for all of them
render_job  one rendering, and the processes of this machine
cluster     a Dask cluster in their place
storage     where the cluster finds exports, and leaves disclosures
results     what is finished: `batch-results.jsonl`
"""

from __future__ import annotations

from dsr_report.batch.lists import Listed, key_of, read_list
from dsr_report.batch.results import RESULTS, Result
from dsr_report.batch.runner import AT_ONCE, Halt, Stage, run_batch

__all__ = [
    "AT_ONCE",
    "RESULTS",
    "Halt",
    "Listed",
    "Result",
    "Stage",
    "key_of",
    "read_list",
    "run_batch",
]

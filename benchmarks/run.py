"""Measure whole processes against peers on the same input; write RESULTS.md and results.json here.

python benchmarks/run.py                     everything (about an hour and a half)
python benchmarks/run.py typical tables      these cases; the results of others are kept
python benchmarks/run.py --largest 50        with small exports, to see that it works
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from cases import CASES, Setting
from measuring import pace
from results import keep

HERE = Path(__file__).resolve().parent
LARGEST = 1000


def main() -> None:
    """Run the cases given on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"one of {', '.join(CASES)}; default: all")
    parser.add_argument("--runs", type=int, default=3, help="how often each command runs")
    parser.add_argument(
        "--largest", type=int, default=LARGEST, metavar="MB", help="size of the largest export"
    )
    parser.add_argument(
        "--into",
        type=Path,
        metavar="DIR",
        help="where results go; default: beside this file, or nowhere if --largest is given",
    )
    options = parser.parse_args()
    folder = options.into or (HERE if options.largest == LARGEST else Path(tempfile.mkdtemp()))
    unknown = set(options.cases) - set(CASES)
    if unknown:
        parser.error(f"there is no case {', '.join(sorted(unknown))}")
    for name, case in CASES.items():
        if not options.cases or name in options.cases:
            before = pace()
            with tempfile.TemporaryDirectory(prefix="dsr-report-benchmark-") as space:
                found = case(Setting(Path(space), options.runs, options.largest))
            meanwhile = (before + pace()) / 2
            for one in found:
                one.pace = meanwhile
            text = keep({name: found}, folder)
            print(
                name,
                *(
                    f"\n  {t.wanted}: {t.found}{'' if t.met else '  NOT MET'}"
                    for c in found
                    for t in c.targets
                ),
            )
    print(text)


if __name__ == "__main__":
    main()

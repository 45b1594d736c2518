"""Writes the sample exports, and exports of any size on demand.

python -m sample_exports.generate                  writes the committed samples
python -m sample_exports.generate --into DIR       writes them somewhere else
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

if __package__:
    from .making import samples
else:
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    from making import samples


def main() -> None:
    """Write what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m sample_exports.generate", description=__doc__)
    parser.add_argument(
        "--into", type=Path, default=Path(__file__).resolve().parent, help="folder for the samples"
    )
    options = parser.parse_args()
    samples.write_all(options.into)


if __name__ == "__main__":
    main()

"""Writes the sample exports, and exports of any size on demand.

python -m sample_exports.generate                  writes the committed samples again
python -m sample_exports.generate --into DIR       writes them somewhere else
python -m sample_exports.generate --messages 5000 --events 100000 --output big.json
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

if __package__:
    from .making import on_demand, samples
else:
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    from making import on_demand, samples


def main() -> None:
    """Write what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m sample_exports.generate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    here = Path(__file__).resolve().parent
    parser.add_argument("--into", type=Path, default=here, help="folder for the samples (default: this one)")
    parser.add_argument("--output", type=Path, help="write one export of the size asked for to this file")
    parser.add_argument("--messages", type=int, default=100, help="how many messages, of 66 kB on average")
    parser.add_argument(
        "--events", type=int, default=2000, help="how many deliveries, opens, clicks and so on"
    )
    parser.add_argument(
        "--layout", type=int, default=1, choices=on_demand.LAYOUTS, help="how data is laid out"
    )
    parser.add_argument("--seed", type=int, default=1, help="another seed gives other ids")
    parser.add_argument("--pretty", action="store_true", help="with line breaks and indentation")
    options = parser.parse_args()
    if options.output is None:
        samples.write_all(options.into)
        return
    order = on_demand.Order(options.messages, options.events, options.layout, options.seed, options.pretty)
    with options.output.open("wb", buffering=1 << 20) as out:
        on_demand.write(order, out)


if __name__ == "__main__":
    main()

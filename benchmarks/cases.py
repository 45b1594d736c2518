"""The benchmark cases: commands, exports, peers for comparison, and targets."""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import mime_parsing
from measuring import ROOT, Command, Run, compared, measured
from opening import opening
from results import Case, Target, of_runs
from shapes import LINES, SHAPES
from shapes import write as write_shape

_PYTHON = sys.executable
_OURS = [_PYTHON, "-m", "dsr_report"]
_MIB_INSPECT = 300
_MIB_REPORT = 400


@dataclass(frozen=True, slots=True)
class Setting:
    """Settings of a run: folder for files, runs of each command, size of the largest export in MB."""

    folder: Path
    runs: int = 3
    largest: int = 1000

    def export(self, name: str, messages: int, events: int) -> Path:
        """Generate an export with this number of messages and events, unless it exists."""
        file = self.folder / f"{name}.json"
        if not file.exists():
            words = ["-m", "sample_exports.generate", "--output", str(file)]
            measured(
                Command("generate", [_PYTHON, *words, "--messages", str(messages), "--events", str(events)])
            )
        return file

    def of_size(self, kind: str, megabytes: int) -> Path:
        """Generate an export of about this size, of messages (with a few events) or of events alone."""
        if kind == "mail-heavy":
            return self.export(f"{kind}-{megabytes}", round(megabytes * 13.9), round(megabytes * 46))
        return self.export(f"{kind}-{megabytes}", 0, round(megabytes * 2415))

    def ours(self, name: str, *words: str | Path, **environment: str) -> Command:
        """A command of ours."""
        return Command(name, [*_OURS, *map(str, words)], environment)

    def peer(self, name: str, *words: str | Path) -> Command:
        """A command of `peers.py`."""
        return Command(name, [_PYTHON, str(ROOT / "benchmarks" / "peers.py"), *map(str, words)])


def start_up(setting: Setting) -> list[Case]:
    """`--help`, compared with the import of click."""
    ours = setting.ours("dsr-report --help", "--help")
    peer = Command("python -c 'import click'", [_PYTHON, "-c", "import click"])
    found = compared([ours, peer], setting.runs * 4 + 1)
    case = of_runs("Start-up", found)
    case.targets.append(
        _at_most("≤ 3 × `import click`", found[ours.name].wall / found[peer.name].wall, 3, "×")
    )
    return [case]


def inspect(setting: Setting) -> list[Case]:
    """`inspect` at several sizes, compared with JSON parsers."""
    cases = []
    for kind in ("mail-heavy", "events-heavy"):
        curve = Case(f"Memory and time of `inspect`, {kind}", ["MB", "seconds", "MB/s", "peak MiB"])
        speeds, peaks = [], []
        for megabytes in sorted({10, 50, setting.largest // 5, setting.largest}):
            file = setting.of_size(kind, megabytes)
            size = file.stat().st_size / 1e6
            ours = setting.ours("dsr-report inspect", "inspect", file, "-q")
            peers = [setting.peer("json.load", "json-load", file), setting.peer("orjson", "orjson", file)]
            if megabytes <= 200:
                peers.append(setting.peer("ijson", "ijson", file))
            runs = setting.runs if megabytes <= 200 else min(setting.runs, 3)
            found = compared([ours, *peers], runs)
            case = of_runs(f"`inspect`, {kind}, {size:.0f} MB", found, size)
            run, plain = found[ours.name], found["json.load"]
            if megabytes == setting.largest:
                case.targets.append(
                    _at_most("time of `json.load` or less", run.wall / plain.wall, 1, "× of it")
                )
                case.targets.append(_at_most(f"peak ≤ {_MIB_INSPECT} MiB", run.peak, _MIB_INSPECT, " MiB"))
                if kind == "mail-heavy":
                    case.targets.append(_at_least("≥ 100 MB/s", size / run.wall, 100, " MB/s"))
            curve.rows.append((f"{size:.0f}", f"{run.wall:.2f}", f"{size / run.wall:.0f}", f"{run.peak:.0f}"))
            speeds.append(size / run.wall)
            peaks.append(run.peak)
            cases.append(case)
            file.unlink()
        growth = peaks[-1] / peaks[0]
        curve.targets.append(
            _at_most(
                "linear: the largest no slower a byte than the one before", speeds[-2] / speeds[-1], 1.25, "×"
            )
        )
        curve.targets.append(_at_most("memory does not grow with the export", growth, 1.5, "× from 10 MB"))
        cases.append(curve)
    return cases


def inspect_shapes(setting: Setting) -> list[Case]:
    """CPU time of `inspect` relative to `json.load`, on mail of three sizes and events of every shape."""
    case = Case(
        "CPU of `inspect`, by shape", ["export", "MB", "`json.load`, s", "inspect, s", "×", "peak MiB"]
    )
    most = min(60, setting.largest)
    mail = {f"mail, {size} MB": setting.of_size("mail-heavy", size) for size in (most // 6, most, 5 * most)}
    usual = {"eighteen shapes, wrapped": setting.of_size("events-heavy", most)}
    ratios: dict[str, float] = {}
    peaks: list[float] = []
    for name in (*mail, *usual, *SHAPES):
        file = (mail | usual).get(name) or setting.folder / "shape.json"
        if name in SHAPES:
            write_shape(name, most, file)
        ours = setting.ours("inspect", "inspect", file, "-q")
        load = "json.load(file)" if name != LINES else "[json.loads(line) for line in file]"
        load = f"import json, sys; file = open(sys.argv[1]); {load}"
        found = compared([Command("json.load", [_PYTHON, "-c", load, str(file)]), ours], setting.runs)
        plain, run = found["json.load"], found["inspect"]
        ratios[name] = run.cpu / plain.cpu
        peaks.append(run.peak)
        size = f"{file.stat().st_size / 1e6:.0f}"
        times = (f"{plain.cpu:.2f}", f"{run.cpu:.2f}", f"{ratios[name]:.2f}")
        case.rows.append((name, size, *times, f"{run.peak:.0f}"))
        file.unlink()
    case.targets += [
        _at_most("mail ≤ 1.0 × `json.load`", max(ratios[name] for name in mail), 1.0, "×"),
        _at_most("any events ≤ 1.5 × `json.load`", max(ratios[n] for n in ratios if n not in mail), 1.5, "×"),
        _at_most("peak ≤ 60 MiB", max(peaks), 60, " MiB"),
    ]
    return [case]


def tables(setting: Setting) -> list[Case]:
    """A million events to Parquet."""
    events = 1_000_000 if setting.largest >= 400 else setting.largest * 2415
    file = setting.export("events", 0, events)
    ours = setting.ours("dsr-report tables (Parquet)", "tables", file, "-q", "--format", "parquet", "-o")
    ours = Command(ours.name, [*ours.words, str(setting.folder / "tables")], ours.environment)
    peer = setting.peer(
        "json.load + json_normalize + to_parquet", "normalize", file, setting.folder / "peer.parquet"
    )
    found = compared([ours, peer], setting.runs)
    case = of_runs(f"`tables` to Parquet, {events:,} events", found, file.stat().st_size / 1e6)
    run, plain = found[ours.name], found[peer.name]
    case.targets += [
        _at_least("≥ 2 × `pandas.json_normalize`", plain.wall / run.wall, 2, "×"),
        _at_most("peak ≤ ¼ of it", run.peak / plain.peak, 0.25, " of it"),
    ]
    file.unlink()
    return [case]


def one_table(setting: Setting) -> list[Case]:
    """The table of events in Python, from an export of mostly mail, and from its events alone."""
    messages, events = (5_450, 20_000) if setting.largest >= 400 else (setting.largest * 13, 2_000)
    whole = setting.export("mail-and-events", messages, events)
    alone = setting.export("its-events-alone", 0, events)
    code = "import sys, dsr_report; len(dsr_report.read(sys.argv[1]).tables['events'])"
    ours = Command("tables['events'] of all", [_PYTHON, "-c", code, str(whole)])
    less = Command("tables['events'] of its events alone", [_PYTHON, "-c", code, str(alone)])
    found = compared([ours, less], setting.runs)
    size = whole.stat().st_size / 1e6
    case = of_runs(f"`export.tables['events']` of {size:.0f} MB with {events:,} events", found, size)
    run, plain = found[ours.name], found[less.name]
    case.targets += [
        _at_most("peak ≤ 400 MiB", run.peak, 400, " MiB"),
        _at_most("≤ 2 × its events alone", run.wall / plain.wall, 2, "×"),
    ]
    whole.unlink()
    alone.unlink()
    return [case]


def mime(setting: Setting) -> list[Case]:
    """Messages parsed per second."""
    rates = mime_parsing.rates(200 if setting.largest >= 400 else 40)
    case = Case("MIME, fully parsed", ["parser", "messages a second", "ours is … × as fast"])
    case.rows = [
        (name, f"{rate:.0f}", f"{rates[mime_parsing.OURS] / rate:.1f}") for name, rate in rates.items()
    ]
    ratio = rates[mime_parsing.OURS] / rates["policy.default"]
    case.targets.append(_at_least("≥ 8 × stdlib `policy.default`", ratio, 8, "×"))
    return [case]


def typical_peers(setting: Setting) -> list[Case]:
    """Time of other tools for a PDF of a typical export, or of a tenth if the whole takes too long."""
    file = setting.export("typical", 150, 600)
    out = setting.folder / "out"
    pages = setting.folder / "pages.html"
    measured(setting.peer("our pages", "our-pages", file, pages))
    found = compared(
        [
            setting.peer("WeasyPrint, one call, our pages", "weasyprint", pages, out.with_suffix(".2.pdf")),
            _chromium("Chromium's print, our pages", pages, out.with_suffix(".3.pdf")),
        ],
        1,
    )
    case = of_runs("Report, typical: what others need for pages of ours", found)
    case.note = "They are given finished HTML: they need not read the export, nor find what must be hidden."
    tenth = setting.export("tenth", 15, 60)
    ordinary = setting.folder / "ordinary.html"
    measured(setting.peer("ordinary pages", "ordinary-pages", tenth, ordinary))
    plain = setting.peer(
        "WeasyPrint, one call, ordinary tables", "weasyprint", ordinary, out.with_suffix(".1.pdf")
    )
    ours = _render(setting, tenth, "pdf", setting.folder / "tenth")
    small = of_runs("Report, a tenth of a typical one, as PDF", runs := compared([ours, plain], 1))
    ratio = runs[plain.name].wall / runs[ours.name].wall
    small.targets.append(_at_least("≥ 3 × one plain WeasyPrint call with ordinary tables", ratio, 3, "×"))
    small.note = "“Ordinary tables” is the report that one writes first (`peers.py`)."
    return [case, small]


def typical(setting: Setting) -> list[Case]:
    """A report of 150 messages and 600 events, in each format."""
    file = setting.export("typical", 150, 600)
    commands = [_render(setting, file, ending, setting.folder / "out") for ending in ("pdf", "html", "zip")]
    found = compared(commands, setting.runs)
    case = of_runs("Report, typical: 150 messages and 600 events", found)
    ours = found["dsr-report render (pdf)"]
    case.targets.append(_at_most("PDF ≤ 15 s", ours.wall, 15, " s"))
    return [case]


def heavy(setting: Setting) -> list[Case]:
    """A report of 2,000 messages and 50,000 events as PDF, and Chromium's print."""
    file = _heavy_export(setting)
    out = setting.folder / "heavy"
    pages = setting.folder / "heavy-pages.html"
    ours = _render(setting, file, "pdf", out)
    found = compared([ours], 1)
    measured(setting.peer("our pages", "our-pages", file, pages))
    chromium = _chromium("Chromium's print, our pages", pages, out.with_suffix(".3.pdf"))
    found |= compared([chromium], 1)
    case = of_runs("Report, heavy: 2,000 messages and 50,000 events, PDF", found)
    pdf = found[ours.name]
    case.targets += [
        _at_most("PDF ≤ 5 min", pdf.wall, 300, " s"),
        _at_most(f"PDF ≤ {_MIB_REPORT} MiB a process", pdf.peak, _MIB_REPORT, " MiB"),
        _at_most("PDF no slower than Chromium", pdf.wall / found[chromium.name].wall, 1, "× of it"),
    ]
    return [case]


def heavy_html(setting: Setting) -> list[Case]:
    """A report of 2,000 messages and 50,000 events as HTML, and its opening in a browser."""
    out = setting.folder / "heavy"
    ours = _render(setting, _heavy_export(setting), "html", out)
    found = compared([ours], setting.runs)
    case = of_runs("Report, heavy: 2,000 messages and 50,000 events, HTML", found)
    run = found[ours.name]
    case.targets += [
        _at_most("HTML ≤ 30 s", run.wall, 30, " s"),
        _at_most(f"HTML ≤ {_MIB_REPORT} MiB", run.peak, _MIB_REPORT, " MiB"),
    ]
    return [case, _opened("The heavy HTML file in Chromium", {"one file": out.with_suffix(".html")})]


def growth_of_messages(setting: Setting) -> list[Case]:
    """Memory of reports by number of messages: HTML, and PDF with listed messages."""
    # more pages take hours, but not more memory: a layout process above 280 MiB is replaced
    printed = sorted({10, 50, setting.largest // 5})
    return [_growth(setting, "mail-heavy", {"html": _sizes(setting), "pdf": printed})]


def growth_of_events(setting: Setting) -> list[Case]:
    """Memory of HTML reports by number of events."""
    return [_growth(setting, "events-heavy", {"html": _sizes(setting)})]


def _sizes(setting: Setting) -> list[int]:
    return sorted({10, 50, setting.largest // 5, setting.largest})


def _growth(setting: Setting, kind: str, megabytes_of: Mapping[str, list[int]]) -> Case:
    case = Case(f"Reports of {kind} exports", ["MB", "format", "seconds", "MB/s", "peak MiB"])
    peaks: dict[str, list[float]] = {ending: [] for ending in megabytes_of}
    for megabytes in _sizes(setting):
        file = setting.of_size(kind, megabytes)
        size = file.stat().st_size / 1e6
        for ending, wanted in megabytes_of.items():
            if megabytes in wanted:
                command = _render(setting, file, ending, setting.folder / "grown", "--messages", "list")
                run = measured(command)
                speed = f"{size / run.wall:.1f}"
                case.rows.append((f"{size:.0f}", ending, f"{run.wall:.0f}", speed, f"{run.peak:.0f}"))
                peaks[ending].append(run.peak)
        file.unlink()
    for ending, of_format in peaks.items():
        what = f"{ending.upper()} ≤ {_MIB_REPORT} MiB a process"
        case.targets.append(_at_most(what, max(of_format), _MIB_REPORT, " MiB"))
    html = peaks["html"]
    what = "HTML: memory does not grow with the export"
    case.targets.append(_at_most(what, html[-1] / html[1], 1.25, "× from 50 MB"))
    return case


def heavy_package(setting: Setting) -> list[Case]:
    """The heavy report as a package, which includes the PDF, and its pages in a browser."""
    out = setting.folder / "heavy"
    file = _heavy_export(setting)
    listed = _render(setting, file, "zip", out.with_name("listed"), "--messages", "list")
    whole = _render(setting, file, "zip", out)
    found = compared([whole, listed], 1)
    case = of_runs("Package, heavy: 2,000 messages and 50,000 events", found)
    case.targets += [
        _at_most("ZIP ≤ 30 s", found[whole.name].wall, 30, " s"),
        _at_most(f"ZIP ≤ {_MIB_REPORT} MiB a process", found[whole.name].peak, _MIB_REPORT, " MiB"),
    ]
    return [case, _opened_package(out.with_suffix(".zip"))]


def heavy_checked(setting: Setting) -> list[Case]:
    """The heavy PDF, validated by veraPDF; not a test, because it takes as long as the whole test suite."""
    out = setting.folder / "heavy"
    measured(_render(setting, _heavy_export(setting), "pdf", out))
    case = Case("The heavy PDF, checked by veraPDF", ["standard", "kept", "checks"])
    checker = [_PYTHON, str(ROOT / "tests" / "checkers" / "verapdf.py"), str(out.with_suffix(".pdf"))]
    said = subprocess.run(checker, capture_output=True, text=True, check=False).stdout
    for flavour, name in (("3a", "PDF/A-3a"), ("ua1", "PDF/UA-1")):
        found = re.search(rf"^{flavour} .* compliant=(true|false) checks=(\d+)$", said, re.MULTILINE)
        is_kept = found is not None and found[1] == "true"
        case.rows.append((name, "yes" if is_kept else "**no**", f"{int(found[2]):,}" if found else ""))
        case.targets.append(Target(f"{name} is kept", "yes" if is_kept else "no", is_kept))
    return [case]


def _heavy_export(setting: Setting) -> Path:
    messages, events = (2_000, 50_000) if setting.largest >= 400 else (200, 5_000)
    return setting.export("heavy", messages, events)


def _opened_package(file: Path) -> Case:
    """The first and the largest page of a package in a browser."""
    folder = file.with_suffix(".unpacked")
    with zipfile.ZipFile(file) as package:
        package.extractall(folder)
    found = sorted(folder.rglob("*.html"), key=lambda page: page.stat().st_size)
    first = next(page for page in found if page.name == "report.html")
    case = _opened(
        "The pages of the heavy package in Chromium", {"first page": first, "largest page": found[-1]}
    )
    shutil.rmtree(folder)
    return case


def _opened(title: str, pages: Mapping[str, Path]) -> Case:
    """Open pages in a browser: the first must open within a second, all must scroll smoothly."""
    case = Case(
        title, ["page", "MB", "first words, s", "all loaded, s", "median frame, ms", "95th percentile, ms"]
    )
    for name, page in pages.items():
        seen = opening(page)
        times = (f"{seen.first_words:.2f}", f"{seen.loaded:.2f}")
        frames = (f"{seen.median_frame:.0f}", f"{seen.slow_frame:.0f}")
        case.rows.append((name, f"{page.stat().st_size / 1e6:.1f}", *times, *frames))
        if len(case.rows) == 1:
            case.targets.append(_at_most(f"{name} opens within 1 s", seen.first_words, 1, " s"))
        case.targets.append(_at_most(f"{name} scrolls smoothly (≤ 50 ms)", seen.slow_frame, 50, " ms"))
    return case


def batch(setting: Setting) -> list[Case]:
    """A batch of a hundred subjects with one process and with two; a local sandbox serves the exports."""
    subjects = 100 if setting.largest >= 400 else 6
    exports = setting.folder / "subjects"
    exports.mkdir(exist_ok=True)
    template = setting.export("subject", 3, 12).read_text("utf-8")
    ids = [str(70_000 + number) for number in range(subjects)]
    for identifier in ids:
        (exports / f"{identifier}.json").write_text(_with_id(template, identifier), "utf-8")
    lines = setting.folder / "subjects.txt"
    lines.write_text("\n".join(ids), "utf-8")
    runs: dict[str, list[Run]] = {}
    with _sandbox(exports) as environment:
        for turn in range(max(1, min(2, setting.runs))):
            for workers in ("1", "2"):
                target = setting.folder / f"batch-{turn}-{workers}"
                command = setting.ours(
                    f"batch --workers {workers}",
                    *("batch", lines, "--type", "subprofile", "--workers", workers, "-q", "--poll", "0.2s"),
                    *("--database", f"sqlite:///{target}.db", "-o", target),
                    **environment,
                )
                runs.setdefault(command.name, []).append(measured(command))
    found = {
        name: Run(*(statistics.median(run[i] for run in of_one) for i in range(3)))
        for name, of_one in runs.items()
    }
    case = of_runs(f"`batch`, {subjects} subjects of 3 messages and 12 events, PDF", found)
    ratio = found["batch --workers 1"].wall / found["batch --workers 2"].wall
    case.targets.append(_at_least("two processes ≥ 1.7 × one", ratio, 1.7, "×"))
    return [case]


CASES: dict[str, Callable[[Setting], list[Case]]] = {
    "start-up": start_up,
    "inspect": inspect,
    "inspect-shapes": inspect_shapes,
    "tables": tables,
    "one-table": one_table,
    "mime": mime,
    "typical-peers": typical_peers,
    "typical": typical,
    "heavy": heavy,
    "heavy-html": heavy_html,
    "growth-of-messages": growth_of_messages,
    "growth-of-events": growth_of_events,
    "heavy-package": heavy_package,
    "heavy-checked": heavy_checked,
    "batch": batch,
}


def _with_id(export: str, identifier: str) -> str:
    head, _, rest = export.partition('"data"')
    start, _, end = head.rpartition('"id":')
    _, comma, after = end.partition("}")
    return f'{start}"id":"{identifier}"{comma}{after}"data"{rest}'


@contextmanager
def _sandbox(exports: Path) -> Iterator[dict[str, str]]:
    """Run a sandbox in a separate process; yield the environment variables for using it."""
    words = [*_OURS, "sandbox", "--port", "0", "--delay", "0", "--samples", str(exports), "-q"]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        said = [process.stdout.readline() for _ in range(3)] if process.stdout else []
        yield dict(line.removeprefix("export ").strip().split("=", 1) for line in said)
    finally:
        process.terminate()
        process.wait()


def _render(setting: Setting, export: Path, ending: str, out: Path, *options: str) -> Command:
    name = " ".join([f"dsr-report render ({ending})", *options])
    return setting.ours(name, "render", export, "-q", *options, "-o", out.with_suffix(f".{ending}"))


def _chromium(name: str, pages: Path, target: Path) -> Command:
    return Command(
        name,
        [
            shutil.which("chromium") or "chromium",
            *(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-sync",
            ),
            *("--no-first-run", "--no-pdf-header-footer", "--generate-pdf-document-outline"),
            *("--timeout=3600000", f"--user-data-dir={target.with_suffix('')}", f"--print-to-pdf={target}"),
            pages.as_uri(),
        ],
    )


def _at_most(wanted: str, found: float, limit: float, unit: str) -> Target:
    return Target(wanted, f"{found:.3g}{unit}", found <= limit)


def _at_least(wanted: str, found: float, limit: float, unit: str) -> Target:
    return Target(wanted, f"{found:.3g}{unit}", found >= limit)

"""A whole report as one HTML file: nothing for axe-core (WCAG 2.2 AA) or the Nu checker to complain of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dsr_report.config import load_config
from dsr_report.writers.html import write_html

ROOT = Path(__file__).resolve().parent.parent.parent
CONFIG = load_config(Path(__file__).with_name("controller.toml"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lang", "sample", "dark"),
    [("nl", "subprofile-20285", False), ("de", "profile-90211", True), ("fr", "hostile", False)],
)
def test_the_checkers_find_nothing(  # noqa: PLR0917 - fixtures and parameters, by name
    built: Callable[..., Any],
    axe_violations: Callable[..., list[str]],
    nu_errors: Callable[..., list[str]],
    tmp_path: Path,
    lang: str,
    sample: str,
    dark: bool,  # noqa: FBT001 - pytest hands it in
) -> None:
    target = tmp_path / "report.html"
    with built(ROOT / "sample_exports" / f"{sample}.json", lang, config=CONFIG) as report:
        write_html(report.report.document, target)
    scheme = {"color_scheme": "dark", "viewport": {"width": 320, "height": 800}} if dark else {}
    assert axe_violations(target, **scheme) == []
    assert nu_errors(target) == []

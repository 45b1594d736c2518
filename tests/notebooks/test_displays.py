"""What notebooks show: cheap, without values of the export, and a report in a frame of its own."""

import html
import re

import pytest

import dsr_report
from dsr_report.show import Bar, Frame

pytest.importorskip("matplotlib")


@pytest.fixture(scope="module")
def export():
    with dsr_report.read(dsr_report.sample("subprofile-20285")) as export:
        yield export


@pytest.mark.parametrize("plot", ["activity", "hours", "outcomes", "links", "devices"])
def test_a_plot_is_a_standard_figure_that_shows_itself(export, plot):
    from matplotlib.figure import Figure

    figure = getattr(export.plot, plot)()
    assert isinstance(figure, Figure)
    picture = figure._repr_png_()
    assert picture.startswith(b"\x89PNG")
    assert figure.axes[0].get_title(loc="left")
    assert picture == getattr(export.plot, plot)()._repr_png_()


@pytest.mark.parametrize("plot", ["activity", "hours", "outcomes", "links", "devices"])
def test_a_plot_of_nothing_says_so(plot):
    with dsr_report.read(b'{"info": {"type": "profile", "id": "1"}, "data": []}') as export:
        figure = getattr(export.plot, plot)()
        assert figure._repr_png_()
        texts = [text.get_text() for text in figure.axes[0].texts]
        assert "nothing to show" in texts or "0" in texts


def test_plots_count_what_the_tables_hold(export):
    bars = export.plot.outcomes().axes[0]
    named = dict(
        zip(
            [t.get_text() for t in bars.get_yticklabels()], [b.get_width() for b in bars.patches], strict=True
        )
    )
    events = export.tables["events"]
    opened = events[events.kind == "impression"].message_key.nunique()
    assert (named["sent"], named["impression"]) == (62, opened)


def test_many_exports_are_plotted_together(tmp_path):
    with dsr_report.read_many(
        [dsr_report.sample("subprofile-20285"), dsr_report.sample("profile-90211")]
    ) as exports:
        named = exports.plot.outcomes().axes[0]
        assert named.patches[0].get_width() == 62 + 7


def test_a_link_with_dollars_is_no_mathematics():
    data = (
        b'{"info": {"type": "profile", "id": "1"}, "data": [{"type": "click", "data": '
        b'{"link": "https://shop.example/{$a}/{$b}^_", "timestamp": "2020-01-01 10:00:00"}}]}'
    )
    with dsr_report.read(data) as export:
        assert export.plot.links()._repr_png_()


def test_a_report_is_shown_in_a_frame_from_which_nothing_gets_out():
    with dsr_report.read(dsr_report.sample("nothing-found")) as export, dsr_report.Report(export) as report:
        frame = report.show(height=300)
    shown = frame._repr_html_()
    assert re.match(r'<iframe sandbox="" ', shown)
    assert "height:300px" in shown
    page = html.unescape(shown.partition('srcdoc="')[2].removesuffix('"></iframe>'))
    assert page.startswith("<!")
    assert page.count("</html>") == 1
    assert "nobody" not in repr(frame)


def test_a_report_that_is_too_large_for_a_frame_says_what_to_do():
    shown = Frame("x" * 20_000_001)._repr_html_()
    assert "to_html" in shown
    assert len(shown) < 1_000


def test_displays_hold_no_value_of_the_export(export):
    found = dsr_report.inspect(export)
    review = dsr_report.review(export)
    shown = " ".join(thing._repr_html_() for thing in (export, export.records, export.tables, found, review))
    fields = export.tables["fields"]
    for value in fields[fields.value.str.len() > 6].value:
        assert value not in shown
    assert "impression" in shown


def test_an_unknown_sample_names_the_nearest():
    with pytest.raises(dsr_report.UnknownNameError, match="subprofile-20285"):
        dsr_report.sample("subprofile-20286")


def test_a_bar_shows_each_pass_and_is_not_drawn_too_often(monkeypatch):
    display = pytest.importorskip("IPython.display")
    pictures = []

    class Handle:
        def update(self, picture):
            pictures.append(picture.data)

    monkeypatch.setattr(display, "display", lambda picture, **_: (pictures.append(picture.data), Handle())[1])
    ticks = iter(range(1_000))
    bar = Bar(clock=lambda: next(ticks) * 0.01)
    for done in range(101):
        bar(done, 100)
    assert 4 <= len(pictures) <= 8
    assert 'value="100" max="100"' in pictures[-1]
    with dsr_report.read(dsr_report.sample("nothing-found"), progress=True) as export:
        before = len(pictures)
        assert export.tables["events"].empty
    assert len(pictures) > before

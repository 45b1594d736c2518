"""Header and footer of each page: the running header and "page 12 of 340", as artifacts."""

from __future__ import annotations

from dsr_report.rendering.document import ReportDocument
from dsr_report.rendering.shell import Shell
from dsr_report.writers import fonts
from dsr_report.writers.pdf.fragments import HEADER, FontUse, LayoutJob

_MARGIN = 51.0
_HEADER_TOP = 34.0
_FOOTER_BOTTOM = 34.0
_SIZE = 8.5
_HEADER_HEIGHT = 14.0
_GREY = b"0.33 0.33 0.33 rg"
NAME = "footer"
"""The resource name of the page numbers' font."""

_HEADER_STYLE = (
    "@page{size:%.2fpt %.2fpt;margin:0} html,body{margin:0;padding:0} "
    "body{font:%.2fpt/%.2fpt 'Noto Sans',sans-serif;color:#545454;white-space:nowrap;overflow:hidden;"
    "text-overflow:ellipsis}"
)


def header_job(document: ReportDocument, width: float) -> LayoutJob:
    """Return the job that lays out the running header, once for all pages of this width (in points)."""
    style = _HEADER_STYLE % (width - 2 * _MARGIN, _HEADER_HEIGHT, _SIZE, _HEADER_HEIGHT)
    return LayoutJob(HEADER, Shell(document).running_header(), style, tagged=False)


def header_placed(height: float) -> bytes:
    """The content stream that shows the running header at the top of a page."""
    y = height - _HEADER_TOP - _HEADER_HEIGHT
    return (
        b"/Artifact <</Type /Pagination/Subtype /Header>> BDC\nq 1 0 0 1 %.2f %.2f cm /header Do Q\nEMC\n"
        % (_MARGIN, y)
    )


class PageNumbers:
    """Draws "page 12 of 340", and records the glyphs used."""

    def __init__(self, wording: str) -> None:
        from dsr_report.writers.pdf.subset import glyphs_of  # noqa: PLC0415 - fontTools is heavy

        self.wording = wording
        letters = "".join(sorted(set(wording) | set("0123456789")))
        digest = next(digest for digest, path in fonts.files().items() if path.name == fonts.BODY)
        self._glyphs = dict(zip(letters, glyphs_of(digest, letters), strict=True))
        self.use = FontUse(
            name=b"AAAAAA+Noto-Sans",
            file=digest,
            family="Noto Sans",
            flags=4,
            ascent=1069,
            descent=-293,
            texts={glyph: letter for letter, (glyph, _) in self._glyphs.items()},
            widths=dict(self._glyphs.values()),
        )

    def placed(self, page: int, pages: int, width: float) -> bytes:
        """The content stream that shows the number of a page at its bottom right."""
        words = self.wording.replace("{page}", str(page)).replace("{pages}", str(pages))
        glyphs = [self._glyphs[letter] for letter in words]
        length = sum(advance for _, advance in glyphs) * _SIZE / 1000
        shown = b"".join(b"%04x" % glyph for glyph, _ in glyphs)
        return (
            b"/Artifact <</Type /Pagination/Subtype /Footer>> BDC\nq " + _GREY + b" BT /" + NAME.encode()
            + b" %.2f Tf 1 0 0 1 %.2f %.2f Tm <%s> Tj ET Q\nEMC\n"
            % (_SIZE, width - _MARGIN - length, _FOOTER_BOTTOM, shown)
        )  # fmt: skip

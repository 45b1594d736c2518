"""`verify` reports what a disclosure would run, wherever it is in the file."""

from __future__ import annotations

import io

import pikepdf
import pytest

from dsr_report.verification.active_content import unsafe_pdf

SCRIPT = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
OPENED = pikepdf.Dictionary(O=SCRIPT)


def placed(where: str) -> pikepdf.Pdf:
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    if where == "opening the document":
        pdf.Root.OpenAction = SCRIPT
    elif where == "opening a page":
        page.obj.AA = OPENED
    elif where == "a link":
        page.obj.Annots = [pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=SCRIPT)]
    elif where == "after another action":
        shown = pikepdf.Dictionary(S=pikepdf.Name.GoTo, Next=[SCRIPT])
        page.obj.Annots = [pikepdf.Dictionary(Subtype=pikepdf.Name.Link, A=shown)]
    elif where == "a field of a form":
        field = pikepdf.Dictionary(FT=pikepdf.Name.Tx, AA=pikepdf.Dictionary(K=SCRIPT))
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[field])
    elif where == "a bookmark":
        pdf.Root.Outlines = pdf.make_indirect(pikepdf.Dictionary(First=pikepdf.Dictionary(A=SCRIPT)))
    elif where == "a picture":
        page.obj.Resources = pikepdf.Dictionary(
            XObject=pikepdf.Dictionary(a=pikepdf.Stream(pdf, b"", A=SCRIPT))
        )
    elif where == "a type elsewhere in the file":
        kind = pdf.make_indirect(pikepdf.Name.JavaScript)
        pdf.Root.OpenAction = pikepdf.Dictionary(S=kind, JS="app.alert(1)")
    elif where == "types of any form":
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pdf.make_indirect(pikepdf.Array([1])), Next=[SCRIPT])
    written = io.BytesIO()
    pdf.save(written)
    return pikepdf.open(written)


@pytest.mark.parametrize(
    "where",
    [
        "opening the document",
        "opening a page",
        "a link",
        "after another action",
        "a field of a form",
        "a bookmark",
        "a picture",
        "a type elsewhere in the file",
        "types of any form",
    ],
)
def test_a_script_in_a_pdf_is_found_wherever_it_is(where):
    with placed(where) as pdf:
        assert list(unsafe_pdf(pdf)) == ["an action of type JavaScript"]


def test_a_pdf_that_shows_its_first_page_is_safe():
    with placed("nowhere") as pdf:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=[pdf.pages[0].obj, pikepdf.Name.Fit])
        assert list(unsafe_pdf(pdf)) == []

"""The URL fetcher for layout: pictures as `data:` URLs, in a form that PDF/A allows, and nothing else."""

from __future__ import annotations

import io

from PIL import Image
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

_MODES = {"1", "L", "LA", "P", "RGB", "RGBA"}
"""Pillow modes that are embedded unchanged; others (CMYK, 16 bits, Lab) would need colour profiles."""


class NothingIsFetched(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Serves `data:` URLs only; any other URL stops the layout, and no connection is made."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url[:5].lower() != "data:":
            scheme = url.split(":", 1)[0][:20]
            raise FatalURLFetchingError(f"a page asked for something outside of it (scheme {scheme!r})")
        answer = super().fetch(url, headers)
        content = answer.read()
        if not answer.content_type.startswith("image/svg"):
            content = _plain_colours(content)
        return URLFetcherResponse(url, content, answer.headers)


def _plain_colours(content: bytes) -> bytes:
    try:
        picture: Image.Image = Image.open(io.BytesIO(content))
    except (OSError, ValueError):
        return content  # Pillow does not know the format; WeasyPrint decides
    if picture.mode in _MODES:
        return content
    written = io.BytesIO()
    if picture.mode.startswith(("I", "F")):
        picture = picture.convert("I").point(lambda level: level / 256) if "16" in picture.mode else picture
        picture = picture.convert("L")
    picture.convert("RGBA" if "A" in picture.getbands() else "RGB").save(written, format="PNG")
    return written.getvalue()

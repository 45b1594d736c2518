"""The desk as an ASGI application: its routes behind its door."""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from dsr_report.desk import answer_pages, case_pages, record_pages, review_pages, statement_pages, wording
from dsr_report.desk.door import Address, DeskDoor
from dsr_report.desk.jobs import place_of_error
from dsr_report.desk.office import Office
from dsr_report.desk.pages import Handler, Pages
from dsr_report.desk.session_pages import SessionPages
from dsr_report.desk.uploads import UploadError, UploadLimits, receive_upload
from dsr_report.errors import DsrReportError
from dsr_report.shipped import shipped

_log = logging.getLogger(__name__)
_STATIC = {"desk.css": "text/css; charset=utf-8", "desk.js": "text/javascript; charset=utf-8"}
_OPEN = frozenset({"/enter", "/knock", "/ended", *(f"/static/{name}" for name in _STATIC)})


def make_app(
    office: Office,
    address: Address,
    *,
    knock: str,
    limits: UploadLimits | None = None,
    stop: Callable[[], None] = lambda: None,
) -> ASGIApp:
    """Return the ASGI application.

    Args:
        office: the desk's work.
        address: the address of this run.
        knock: the secret by which a second start of the desk gets a link.
        limits: the limits of an upload.
        stop: callback that ends the server.
    """
    limits = limits or UploadLimits()
    pages = Pages(office, address)
    session_pages = SessionPages(knock=knock, stop=stop)

    def page(path: str, handler: Handler, *methods: str) -> Route:
        return Route(address.root + path, pages.route(handler), methods=methods or ("GET",))

    def of_case(path: str, handler: Handler, *methods: str) -> Route:
        return page(f"/case/{{case}}{path}", case_pages.with_case(handler), *methods)

    def of_review(path: str, handler: Handler, *methods: str) -> Route:
        return of_case(path, case_pages.with_review(handler), *methods)

    upload = _Uploads(pages, limits)
    routes = [
        Route(address.root + "/static/{name}", _static, methods=["GET"]),
        page("/enter", session_pages.enter),
        page("/ended", session_pages.ended),
        page("/knock", session_pages.knock, "POST"),
        page("/stay", session_pages.stay, "POST"),
        page("/sign-out", session_pages.sign_out, "POST"),
        page("/quit", session_pages.quit, "POST"),
        page("/settings", session_pages.settings, "GET", "POST"),
        page("/token", session_pages.token, "POST"),
        page("/keys", session_pages.keys),
        page("/", case_pages.cases),
        page("/new", case_pages.new, "GET", "POST"),
        Route(address.root + "/upload", upload.new, methods=["POST"]),
        Route(address.root + "/case/{case}/upload", upload.into_case, methods=["POST"]),
        of_case("", case_pages.show_case),
        of_case("/received", case_pages.note_received, "POST"),
        of_case("/pause", case_pages.pause, "POST"),
        of_case("/resume", case_pages.resume, "POST"),
        of_case("/extend", case_pages.extend, "POST"),
        of_case("/refuse", case_pages.refuse, "POST"),
        of_case("/withdraw", case_pages.withdraw, "POST"),
        of_case("/request", case_pages.request, "POST"),
        of_case("/fetch", case_pages.fetch, "POST"),
        of_case("/work", case_pages.work),
        of_case("/work/state", case_pages.work_state),
        of_case("/work/next", case_pages.work_next),
        of_case("/work/stop", case_pages.work_stop, "POST"),
        of_case("/work/again", case_pages.work_again, "POST"),
        of_review("/found", review_pages.found),
        of_review("/review", review_pages.findings),
        of_review("/review/batch", review_pages.batch, "GET", "POST"),
        of_review("/review/again", review_pages.hide_earlier, "POST"),
        of_review("/undo", review_pages.undo, "POST"),
        of_review("/finding/{finding}", review_pages.show_finding),
        of_review("/finding/{finding}/decide", review_pages.decide, "POST"),
        of_review("/finding/{finding}/file", review_pages.attached_file),
        of_review("/texts", review_pages.texts),
        of_review("/text/{text}", review_pages.show_text, "GET", "POST"),
        of_review("/find", review_pages.find, "GET", "POST"),
        of_review("/hidden", review_pages.hidden),
        of_review("/hidden/show", review_pages.show_again, "POST"),
        of_review("/record/{record}", record_pages.show_record),
        of_review("/record/{record}/hide", record_pages.hide, "POST"),
        of_review("/record/{record}/frame", record_pages.frame),
        of_review("/preview", answer_pages.preview, "GET", "POST"),
        of_case("/preview/page", answer_pages.preview_page),
        of_review("/release", answer_pages.release, "GET", "POST"),
        of_review("/make", answer_pages.make, "GET", "POST"),
        of_case("/result", answer_pages.result),
        of_case("/made/{number}", answer_pages.download),
        of_case("/made/{number}/page", answer_pages.view),
        of_review("/reply", answer_pages.reply, "GET", "POST"),
        of_case("/reply/draft", answer_pages.draft),
        of_case("/reply/cover", answer_pages.cover),
        of_case("/reply/sent", answer_pages.note_sent, "POST"),
        of_case("/close", answer_pages.close, "GET", "POST"),
        of_case("/forget", answer_pages.forget, "POST"),
        page("/statements", statement_pages.statements, "GET", "POST"),
    ]

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            office.sessions.end_all()
            await run_in_threadpool(office.close)

    async def not_found(request: Request, _error: Exception) -> Response:
        ask = pages.ask(request)
        return ask.problem(ask.text("There is no such page."), status=404)

    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={404: not_found, 405: not_found})
    return DeskDoor(
        _Calm(app, pages),
        address=address,
        sessions=office.sessions,
        signed_out=_SignedOut(pages),
        open_paths=_OPEN,
        upload_bytes=limits.file_bytes + (1 << 20),
        upload_paths=("/upload",),
    )


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _STATIC:
        raise HTTPException(404)
    return FileResponse(shipped("templates") / "desk" / "static" / name, media_type=_STATIC[name])


class _SignedOut:
    """Answers requests without a session with the sign-in page."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ask = self._pages.ask(Request(scope, receive))
        await ask.html("sign_in", status=401)(scope, receive, send)


class _Calm:
    """Answers unexpected exceptions; the log has their type and place, not their message."""

    def __init__(self, app: ASGIApp, pages: Pages) -> None:
        self._app = app
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_begun = False

        async def send_and_note(message: object) -> None:
            nonlocal is_begun
            is_begun = True
            await send(message)  # type: ignore[arg-type]

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as error:  # noqa: BLE001 - its traceback may quote values, so it is not logged
            _log.error("a page failed: %s", place_of_error(error))
            if not is_begun:
                said = self._pages.ask(Request(scope, receive)).in_words(wording.OUR_ERROR)
                await PlainTextResponse(f"{wording.as_sentence(said)}\n", 500)(scope, receive, send)


class _Uploads:
    """Receives uploaded exports, streamed to disk."""

    def __init__(self, pages: Pages, limits: UploadLimits) -> None:
        self._pages = pages
        self._limits = limits

    async def new(self, request: Request) -> Response:
        """Upload an export that starts a case."""
        return await self._take(request, None)

    async def into_case(self, request: Request) -> Response:
        """Upload an export for an existing case."""
        found = await run_in_threadpool(self._pages.office.case, request.path_params["case"])
        if found is None:
            raise HTTPException(404)
        return await self._take(request, found[0].reference)

    async def _take(self, request: Request, reference: str | None) -> Response:
        office = self._pages.office
        target = office.folder.incoming / f"{secrets.token_hex(16)}.json"
        ask = self._pages.ask(request)
        status = 422
        try:
            upload = await receive_upload(
                request.stream(), request.headers.get("content-type", ""), target, limits=self._limits
            )
            made = await run_in_threadpool(
                office.take_in,
                target,
                upload.sha256,
                reference,
                salvage=upload.fields.get("salvage") == "yes",
                actor=ask.actor,
            )
        except UploadError as error:
            fault, status = ask.text(wording.UPLOAD_FAULTS[error.code]), error.status
        except ClientDisconnect:
            return PlainTextResponse("cut off\n", 400)
        except DsrReportError as error:
            fault = f"{wording.as_sentence(ask.in_words(error.what))} {ask.in_words(error.hint)}".strip()
        else:
            return ask.to(f"/case/{office.folder.case(made).id}/found")
        finally:
            await run_in_threadpool(target.unlink, missing_ok=True)
        return await run_in_threadpool(case_pages.upload_fault, ask, reference, fault, status)

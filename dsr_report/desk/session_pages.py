"""Pages for signing in and out, settings, the list of keyboard shortcuts, and quitting."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from starlette.responses import PlainTextResponse, Response

from dsr_report.desk.pages import Ask
from dsr_report.desk.sessions import IDLE_MINUTES
from dsr_report.fetch.client import Client
from dsr_report.fetch.token import Secret, store_token
from dsr_report.languages import LANGUAGES
from dsr_report.register.store import this_user
from dsr_report.sentences import translatable as _

KEYS = (
    ("d", _("disclose, and go on")),
    ("m", _("mask, and go on")),
    ("w", _("withhold, and go on")),
    ("u", _("undo the last step")),
    ("s", _("skip: the next that must be decided")),
    ("n", _("next in the list")),
    ("p", _("previous in the list")),
    ("r", _("this text was read, and go on")),
    ("h", _("hide what is selected or typed")),
    ("j", _("next entry of a list")),
    ("k", _("previous entry of a list")),
    ("?", _("this page")),
)
_LONGEST_NAME = 80


class SessionPages:
    """Pages about the session and its user."""

    def __init__(self, *, knock: str, stop: Callable[[], None]) -> None:
        self._knock = knock
        self._stop = stop

    def enter(self, ask: Ask) -> Response:
        """Exchange a token for the cookie, and lead on to a URL without the token."""
        sessions = ask.office.sessions
        actor = str(ask.office.folder.settings.get("actor") or this_user())
        value = sessions.enter(ask.query("token"), actor)
        if value is None:
            return ask.html("sign_in", status=401)
        answer = ask.html("entered")
        answer.headers["set-cookie"] = ask.pages.address.cookie_header(value)
        return answer

    def knock(self, ask: Ask) -> Response:
        """Return a new sign-in token to a second start of the desk by the same user."""
        given = ask.request.headers.get("x-desk-key", "")
        if not hmac.compare_digest(given.encode(), self._knock.encode()):
            return PlainTextResponse("refused\n", 403)
        return PlainTextResponse(ask.office.sessions.new_token())

    def stay(self, ask: Ask) -> Response:
        """Extend the session."""
        return PlainTextResponse("ok\n") if ask.session else PlainTextResponse("signed out\n", 401)

    def sign_out(self, ask: Ask) -> Response:
        """End this browser's session."""
        ask.office.sessions.leave(ask.request.scope.get("desk.cookie"))
        return self._sign_out(ask)

    def quit(self, ask: Ask) -> Response:
        """End every session, and the server."""
        ask.office.sessions.end_all()
        self._stop()
        return self._sign_out(ask)

    def ended(self, ask: Ask) -> Response:
        """The page after signing out."""
        ask.session = None
        return ask.html("ended")

    def _sign_out(self, ask: Ask) -> Response:
        ask.session = None
        answer = ask.html("ended")
        answer.headers["set-cookie"] = ask.pages.address.cookie_header("")
        answer.headers["clear-site-data"] = '"cache"'
        return answer

    def settings(self, ask: Ask) -> Response:
        """The user's settings."""
        office, said = ask.office, ""
        if ask.is_post and ask.session is not None:
            actor = ask.need("actor", ask.text("Enter a name."))[:_LONGEST_NAME]
            language, idle = ask.value("language"), ask.value("idle")
            if language not in LANGUAGES:
                ask.faults["language"] = ask.text("Choose a language.")
            if idle not in map(str, IDLE_MINUTES):
                ask.faults["idle"] = ask.text("Choose how long.")
            if not ask.faults:
                office.folder.set(
                    actor=actor, language=language, idle_minutes=int(idle), keys=ask.value("keys") == "yes"
                )
                office.sessions.idle_minutes = int(idle)
                ask.session.actor = actor
                ask.language = ask.pages.language(ask.request)
                said = ask.text("Saved.")
        return ask.html(
            "settings",
            said=said,
            idle_choices=[(str(minutes), str(minutes)) for minutes in IDLE_MINUTES],
            has_token=office.has_token,
            places=[
                (ask.text("Register"), office.register.where),
                (ask.text("Files of the desk"), str(office.folder.root)),
                (ask.text("Statements"), str(office.config_path)),
            ],
        )

    def token(self, ask: Ask) -> Response:
        """Store an API token in the system's keyring after trying it; it is never displayed."""
        token = Secret(ask.value("token"))
        if not token:
            return ask.problem(ask.text("Enter the token."))
        with Client(token) as client:
            client.log_in()
        store_token(token)
        return ask.to("/settings")

    def keys(self, ask: Ask) -> Response:
        """The list of keyboard shortcuts."""
        return ask.html("keys", keys_told=[(key, ask.text(text)) for key, text in KEYS])

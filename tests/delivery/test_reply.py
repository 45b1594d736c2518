"""The reply: a draft for any mail program and the right person, protected on request, sent over TLS."""

import email
import json
import socket
import subprocess
import sys
import threading
from email.policy import default
from pathlib import Path

import pikepdf
import pytest
from click.testing import CliRunner

import dsr_report
from dsr_report.cli import reply
from dsr_report.delivery.protection import new_passphrase, write_protected
from dsr_report.delivery.reply import Reply, is_known_address, write_reply
from dsr_report.delivery.smtp import send
from dsr_report.errors import FetchError, UsageError
from dsr_report.files import sha256_of
from dsr_report.register import Register

SAMPLES = Path(__file__).resolve().parents[2] / "sample_exports"


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A small package."""
    target = tmp_path_factory.mktemp("delivery") / "disclosure.zip"
    with (
        dsr_report.read(SAMPLES / "nothing-found.json") as export,
        dsr_report.Report(export, lang="fr") as report,
    ):
        report.to_zip(target)
    return target


@pytest.mark.parametrize("language", ["en", "nl", "de", "fr"])
def test_the_draft_has_recipient_subject_text_and_the_file_byte_for_byte(language, package):
    reply = Reply(to="Zoë <zoe@example.org>", controller="Café Été", language=language, reference="AVG-1")
    raw = write_reply(reply, package)
    message = email.message_from_bytes(raw, policy=default)
    assert message["to"].addresses[0].addr_spec == "zoe@example.org"
    assert "Café Été" in message["subject"]
    assert message["x-unsent"] == "1"
    body = message.get_body(("plain",)).get_content()
    assert package.name in body
    assert "ZIP" in body
    (attached,) = message.iter_attachments()
    assert attached.get_content() == package.read_bytes()
    assert message.get_body(("html",)) is None


@pytest.mark.parametrize(
    ("language", "said", "not_said"),
    [
        ("en", "found no personal data", "how long we keep it"),
        ("nl", "geen persoonsgegevens van u gevonden", "hoe lang"),
        ("de", "keine personenbezogenen Daten über Sie gefunden", "wie lange"),
        ("fr", "aucune donnée personnelle", "combien de temps"),
    ],
)
def test_where_nothing_was_found_the_reply_says_so(tmp_path, package, language, said, not_said):
    draft = dsr_report.reply(
        package, "nobody@example.org", lang=language, output=tmp_path / "a.eml", confirm_recipient=True,
        database="sqlite://",
    )  # fmt: skip
    message = email.message_from_bytes(draft.content, policy=default)
    body = message.get_body(("plain",)).get_content()
    assert said in body
    assert not_said not in body


def test_the_same_reply_has_the_same_bytes(package):
    reply = Reply(to="zoe@example.org", controller="Shop")
    assert write_reply(reply, package) == write_reply(reply, package)


@pytest.mark.parametrize(
    "address", ["nobody", "a@b\r\nBcc: c@example.org", "a b@example.org", "", "a@", "@b"]
)
def test_an_address_that_is_none_is_refused(address, package):
    with pytest.raises(UsageError):
        write_reply(Reply(to=address, controller="Shop"), package)


@pytest.mark.parametrize(
    ("given", "header"),
    [
        ("robin@ex\u00e4mple.example", "robin@xn--exmple-cua.example"),
        ("Robin@B\u00dcCHER.example", "Robin@xn--bcher-kva.example"),
        ("J\u00fcrgen M\u00fcller <robin@ex\u00e4mple.example>", "<robin@xn--exmple-cua.example>"),
        ("robin@\u4f8b\u3048.\u30c6\u30b9\u30c8", "robin@xn--r8jz45g.xn--zckzah"),
    ],
)
def test_a_domain_of_any_letters_stands_in_the_header_as_mail_servers_know_it(package, given, header):
    draft = write_reply(Reply(to=given, controller="Shop"), package)
    line = next(line for line in draft.split(b"\r\n") if line.startswith(b"To:"))
    assert line.endswith(header.encode())
    assert b"=?" not in line.rpartition(b" ")[2]


@pytest.mark.parametrize(
    "given",
    [
        "j\u00fcrgen@example.org",
        "Eve\nBcc: x@evil.example <robin@example.org>",
        "robin@example.org\r\nBcc: x@evil.example",
        "Eve\x0b <robin@example.org>",
        "\u202egro.elpmaxe@live <robin@example.org>",
        "robin@exa mple.example",
        "robin@-.example\u00e4-",
        "robin@.example",
        "robin@",
        "robin..x@example.org",
        "robin@example.org, eve@evil.example",
        "a" * 400 + "@example.org",
    ],
)
def test_what_mail_cannot_be_sent_to_is_one_clear_error(package, given):
    with pytest.raises(UsageError) as told:
        write_reply(Reply(to=given, controller="Shop"), package)
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 250


def test_both_forms_of_a_domain_are_known_as_one():
    assert is_known_address("robin@xn--exmple-cua.example", ["Robin@Ex\u00e4mple.example"])
    assert is_known_address("robin@ex\u00e4mple.example", ["robin@XN--exmple-cua.example"])
    assert not is_known_address("robin@exaemple.example", ["robin@ex\u00e4mple.example"])


def test_only_an_address_of_the_person_is_known():
    assert is_known_address("Jan <JAN@example.org>", ["jan@example.org"])
    assert not is_known_address("jan@example.com", ["jan@example.org"])


def test_a_protected_package_opens_with_the_passphrase_alone(package, tmp_path):
    pyzipper = pytest.importorskip("pyzipper")
    phrase = new_passphrase()
    target = tmp_path / "locked.zip"
    write_protected(package, target, phrase)
    with pyzipper.AESZipFile(target) as archive:
        archive.setpassword(phrase.encode())
        assert archive.read(package.name) == package.read_bytes()
        archive.setpassword(b"wrong")
        with pytest.raises(RuntimeError):
            archive.read(package.name)


@pytest.mark.slow
def test_a_protected_pdf_is_aes_256_and_stays_open_to_screen_readers(tmp_path):
    plain, locked = tmp_path / "a.pdf", tmp_path / "locked.pdf"
    with dsr_report.read(SAMPLES / "nothing-found.json") as export, dsr_report.Report(export) as report:
        report.to_pdf(plain)
    phrase = new_passphrase()
    write_protected(plain, locked, phrase)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(locked)
    with pikepdf.open(locked, password=phrase) as pdf:
        assert pdf.encryption.R == 6
        assert pdf.encryption.bits == 256
        assert pdf.allow.accessibility
    assert b"pdfaid" not in locked.read_bytes()


def test_passphrases_differ_and_are_long():
    phrases = {new_passphrase() for _ in range(100)}
    assert len(phrases) == 100
    assert all(len(phrase) >= 30 for phrase in phrases)


def test_reply_stops_where_the_recipient_is_someone_else(package, tmp_path):
    base = [sys.executable, "-m", "dsr_report", "reply", str(package), "-o", str(tmp_path / "r.eml")]
    wrong = subprocess.run([*base, "--to", "x@example.org"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 5
    assert not (tmp_path / "r.eml").exists()
    sure = subprocess.run(
        [*base, "--to", "x@example.org", "--confirm-recipient"], capture_output=True, text=True, check=False
    )
    assert sure.returncode == 0, sure.stderr
    right = subprocess.run([*base, "--to", "nobody@example.org"], capture_output=True, text=True, check=False)
    assert right.returncode == 0, right.stderr


def test_a_report_for_the_archive_is_not_sent_to_the_person(tmp_path):
    """`--original` leaves live keys readable."""
    with (
        dsr_report.read(SAMPLES / "nothing-found.json") as export,
        dsr_report.Report(export, original=True) as report,
    ):
        report.to_html(tmp_path / "archive.html")
    command = [sys.executable, "-m", "dsr_report", "reply", str(tmp_path / "archive.html")]
    done = subprocess.run(
        [*command, "--to", "nobody@example.org"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 5
    assert "--original" in done.stderr
    assert not (tmp_path / "archive.eml").exists()


def test_a_server_without_tls_gets_nothing(package):
    """A server that offers no STARTTLS sees neither the login nor the letter."""
    seen = bytearray()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(5)
            connection.sendall(b"220 plain ESMTP\r\n")
            try:
                while block := connection.recv(4096):
                    seen.extend(block)
                    connection.sendall(b"250 OK\r\n")
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    draft = write_reply(Reply(to="zoe@example.org", sender="shop@example.org", controller="Shop"), package)
    with pytest.raises(FetchError, match="not sent"):
        send(draft, f"smtp://user@127.0.0.1:{listener.getsockname()[1]}", password="geheim", timeout=5)  # noqa: S106
    thread.join(5)
    listener.close()
    assert b"MAIL FROM" not in seen.upper()
    assert b"AUTH" not in seen.upper()


def test_a_page_that_holds_no_export_is_checked_with_the_one_that_the_register_knows(tmp_path):
    data = [{"ID": "7", "fields": {"Email": "jan@example.org"}, "database": "1", "interests": []}]
    (tmp_path / "7.json").write_text(json.dumps({"info": {"type": "profile", "id": "7"}, "data": data}))
    page = tmp_path / "disclosure.html"
    with dsr_report.read(tmp_path / "7.json") as export, dsr_report.Report(export) as report:
        report.to_html(page)
    database = f"sqlite:///{tmp_path}/register.sqlite3"
    with Register.open(database) as register:
        entry = register.claim("profile", "7")
        register.posting(entry)
        register.attach_request_id(entry.number, "r7")
        sha256 = sha256_of(tmp_path / "7.json")
        register.note_file(entry.number, sha256=sha256, path=str(tmp_path / "7.json"))
        register.note_disclosure(entry.reference, sha256=sha256_of(page), path=str(page))
    ends = []
    for recipient, known_to in (
        ("jan@example.org", database),
        ("piet@example.org", database),
        ("jan@example.org", "sqlite://"),
    ):
        command = [str(page), "--to", recipient, "--database", known_to, "-o", str(tmp_path / "r.eml")]
        done = CliRunner().invoke(reply.reply, command)
        ends.append(str(done.exception) if done.exception else "made")
    assert ends[0] == "made"
    assert "is not an address of the person" in ends[1]
    assert "cannot be checked" in ends[2]

"""Calls as Copernica signs them come in; anything that was tampered with stays out and leaves nothing."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from signed_calls import EXPORT, HOST, KEY_NAME, NAMES, record_of

SHA = hashlib.sha256(EXPORT).hexdigest()


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_signed_export_is_stored_privately_and_its_data_request_is_collected(
    start, signer, register, outstanding, folder
):
    endpoint = start()
    assert endpoint.call(signer.headers()) == 202
    endpoint.stop()
    entry = register.request(outstanding)
    assert entry.state == "collected"
    assert [file.sha256 for file in entry.files] == [SHA]
    stored = folder / f"received-{SHA}.json"
    assert entry.files[0].path == str(stored)
    assert stored.read_bytes() == EXPORT
    assert stored.stat().st_mode & 0o777 == 0o600
    assert files_in(folder) == [stored.name]


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"X_Copernica_ID": "Account_1234"}, NAMES),
        ({"X_Copernica_ID": "account-1234"}, NAMES.lower()),
        ({"Host": f"{HOST}:443"}, NAMES),
        ({}, "(request-target)   host date\tx-copernica-id digest"),
        ({"algorithm": "hs2019"}, NAMES),
        ({"algorithm": "rsa-sha512", "signed_with": hashes.SHA512()}, NAMES),
        ({"Digest": "sha-512=" + base64.b64encode(hashlib.sha512(EXPORT).digest()).decode()}, NAMES),
        (
            {"Digest": f"MD5=x, SHA-256={base64.b64encode(hashlib.sha256(EXPORT).digest()).decode()}"},
            NAMES,
        ),
    ],
)
def test_every_documented_spelling_is_accepted(start, signer, said, names):
    assert start().call(signer.headers(names=names, **said)) == 202


def test_a_key_in_several_records_and_rotated_is_found(start, signer, name_server):
    name_server.records[KEY_NAME] = ["v=spf1 -all", "v=DKIM1; p=", record_of(signer.key)]
    assert start().call(signer.headers()) == 202


def _late(signer):
    return signer.headers(at=datetime.now(UTC) - timedelta(seconds=90))


def _early(signer):
    return signer.headers(at=datetime.now(UTC) + timedelta(seconds=90))


def _changed(name, value):
    def spoil(signer):
        headers = signer.headers()
        headers[name] = value(headers[name]) if callable(value) else value
        return headers

    return spoil


def _without(name):
    def spoil(signer):
        headers = signer.headers()
        del headers[name]
        return headers

    return spoil


def _made(**options):
    return lambda signer: signer.headers(**options)


def _duplicate_parameter(signer):
    headers = signer.headers()
    headers["Signature"] += f',keyid="{KEY_NAME}"'
    return headers


TAMPERED = {
    "too old": _late,
    "in the future": _early,
    "date changed": _changed("Date", "Thu, 01 Jan 2026 00:00:00 GMT"),
    "date unreadable": _made(Date="yesterday"),
    "other host": _made(Host="evil.example"),
    "host changed": _changed("Host", "evil.example"),
    "other target": _made(target="/elsewhere"),
    "other query": _made(target="/copernica?to=other"),
    "other account": _made(X_Copernica_ID="account-1235"),
    "other kind": _made(X_Copernica_ID="environment-1234"),
    "account changed": _changed("X-Copernica-ID", "account-1235"),
    "nonce changed": _changed("X-Nonce", "another"),
    "type changed": _changed("Content-Type", "text/plain"),
    "digest changed": _changed("Digest", "SHA-256=" + base64.b64encode(bytes(32)).decode()),
    "digest of another body, signed": _made(Digest="SHA-256=" + base64.b64encode(bytes(32)).decode()),
    "weak digest": _made(Digest="MD5=" + base64.b64encode(hashlib.md5(EXPORT).digest()).decode()),  # noqa: S324 - it must be refused
    "no digest": _without("Digest"),
    "no date": _without("Date"),
    "no account": _without("X-Copernica-ID"),
    "signed header missing": _without("X-Nonce"),
    "no signature": _without("Signature"),
    "signature empty": _changed("Signature", ""),
    "signature cut": _changed("Signature", lambda text: text[:-40] + '"'),
    "parameter twice": _duplicate_parameter,
    "hmac": _made(algorithm="hmac-sha256"),
    "sha-1": _made(algorithm="rsa-sha1", signed_with=hashes.SHA1()),  # noqa: S303 - it must be refused
    "other hash than said": _made(signed_with=hashes.SHA512()),
    "key elsewhere": _made(key_id="one._domainkey.copernica.com.evil.example"),
    "key of a lookalike": _made(key_id="evilcopernica.com"),
    "key of the bare domain": _made(key_id="copernica.com"),
    "key is an address": _made(key_id="https://one._domainkey.copernica.com"),
    "key unknown": _made(key_id="two._domainkey.copernica.com"),
    **{
        f"not signed: {name}": _made(names=NAMES.replace(name, "").strip())
        for name in ("(request-target)", "Host", "Date", "X-Copernica-ID", "Digest")
    },
}


@pytest.fixture
def must_be_refused(start, signer, register, outstanding, folder):
    endpoint = start()

    def check(headers, body=EXPORT, **options):
        status = endpoint.call(headers, body, **options)
        assert 400 <= status < 500
        endpoint.stop()
        assert files_in(folder) == []
        assert register.request(outstanding).state == "pending"
        return status

    return check


@pytest.mark.parametrize("case", TAMPERED)
def test_tampering_is_refused_and_leaves_nothing(must_be_refused, signer, case):
    must_be_refused(TAMPERED[case](signer))


def test_another_body_is_refused(must_be_refused, signer):
    other = EXPORT.replace(b"20285", b"20286")
    assert must_be_refused(signer.headers(), other) == 401


def test_another_key_is_refused(must_be_refused, name_server, signer):
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name_server.records[KEY_NAME] = [record_of(other)]
    assert must_be_refused(signer.headers()) == 401


@pytest.mark.parametrize(
    "record",
    [
        "v=DKIM1; k=rsa; p=",
        "v=DKIM1; k=ed25519; p=AAAA",
        "v=DKIM2; p={p}",
        "k=rsa; v=DKIM1; p={p}",
        "p=%%%",
        "x",
    ],
)
def test_a_revoked_or_odd_key_record_is_refused(must_be_refused, name_server, signer, record):
    name_server.records[KEY_NAME] = [record.replace("{p}", record_of(signer.key).rpartition("p=")[2])]
    assert must_be_refused(signer.headers()) == 401


def test_a_call_that_is_repeated_is_refused(start, signer):
    endpoint, headers = start(), signer.headers()
    assert endpoint.call(headers) == 202
    assert endpoint.call(headers) == 409


def test_a_nonce_that_is_used_again_is_refused(start, signer):
    endpoint = start()
    assert endpoint.call(signer.headers(X_Nonce="same")) == 202
    assert endpoint.call(signer.headers(X_Nonce="same", at=datetime.now(UTC) - timedelta(seconds=5))) == 409


def test_a_call_with_a_wrong_body_does_not_spoil_the_right_one(start, signer):
    endpoint, headers = start(), signer.headers()
    assert endpoint.call(headers, EXPORT.replace(b"20285", b"20286")) == 401
    assert endpoint.call(headers) == 202


def test_without_an_answer_from_the_dns_the_caller_is_asked_to_come_again(start, signer, name_server):
    name_server.is_silent = True
    assert start().call(signer.headers()) == 503


def test_a_key_is_asked_for_once_within_its_time_to_live(start, signer, name_server):
    endpoint = start()
    assert [endpoint.call(signer.headers()) for _ in range(3)] == [202] * 3
    assert name_server.asked == 1

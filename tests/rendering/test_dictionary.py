"""Every documented field has a label and an explanation; codes are resolved beside their raw value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dsr_report.languages import LANGUAGES, language_of
from dsr_report.rendering.dictionary import explanation_of, label_of, meaning_of

DOCUMENTED = (
    "action amp archived arf_version attempt attempts author city clicks impressions code collection "
    "collectionid content contenttype countrycode countryname regioncode created modified database "
    "databaseid description destination destinations details device directory document documentid "
    "email emailfrom emailing mailing mailingid envelope errorcode errortype errortypedescription "
    "event extended extra feedback_type fields finalgroup testgroups from from_address group groupid "
    "mailing-group header headers html text subject ID id internal interests ip link link_id "
    "link_title linkinfo mail message messageID mime name original url parameters profile profileid "
    "subprofile subprofileid properties protocol recipient recognized_as referer removed report "
    "secret senderdomain size smtp-response source state status success successes errors unknown "
    "tags target template templateid template_id time timestamp timestampsent to type unsubscribed "
    "useragent user-agent validfrom validuntil questions question answer survey webform submitter "
    "submittees available sent redeemed total unique xml "
)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_documented_field_has_a_label_and_an_explanation(code: str) -> None:
    words = language_of(code)
    assert [n for n in DOCUMENTED.split() if not (label_of(n, words) and explanation_of(n, "", words))] == []


@pytest.mark.parametrize(
    ("name", "value", "meaning"),
    [
        ("errorcode", "5.1.1", "the mailbox does not exist"),
        ("Code", 550, "the mailbox does not exist or is closed"),
        ("feedback_type", "not-spam", "not spam after all"),
        ("device", "mobile", "on a phone"),
        ("ip", "0.0.0.0", "IP address not stored"),  # noqa: S104 - an address in data, nothing is opened
        ("anything", "0000-00-00 00:00:00", "no date"),
        ("errorcode", "9.9.9", ""),
        ("success", True, ""),
        ("city", "5.1.1", ""),
    ],
)
def test_a_code_is_resolved_only_where_we_know_it(name: str, value: object, meaning: str) -> None:
    assert meaning_of(name, value, language_of("en")) == meaning


def test_the_raw_value_stands_beside_its_meaning(built: Callable[..., Any]) -> None:
    coupon = {"type": "coupon", "ID": "1", "code": "AB12", "status": "redeemed", "validuntil": "0000-00-00"}
    error = {"type": "error", "data": {"ID": "2", "timestamp": "2024-01-02 03:04:05", "errorcode": "5.1.1"}}
    with built([coupon, error], "nl") as report:
        for words in (
            "redeemed",
            "= gebruikt.",
            "0000-00-00",
            "= geen datum.",
            "5.1.1",
            "de mailbox bestaat niet",
        ):
            assert words in report.text


def test_a_field_that_nobody_described_says_so(built: Callable[..., Any]) -> None:
    with built([{"xq7": "value"}], "de") as report:
        assert "Wir haben keine Beschreibung dieses Feldes." in report.text

"""Decisions are applied to every occurrence of a value, counted, and refused where they make no sense."""

import base64
import hashlib
import json

import pytest

import dsr_report
from dsr_report.errors import CheckFailedError, ConfigError, RedactionError, UsageError
from dsr_report.languages import language_of
from dsr_report.mime.message import parse
from dsr_report.verification.leaks import hidden_values
from dsr_report.verification.verifier import verify

STRANGER = "piet.vreemd@elders.example"
ADDRESS = "jan@example.org"
CODE = "0123456789abcdef0123456789abcdef"


def note(text):
    return {"type": "note", "text": text}


def mail(body, head=""):
    return {
        "type": "message",
        "data": {
            "ID": "1",
            "mime": f"From: a@shop.example\r\nTo: {ADDRESS}\r\n{head}Subject: x\r\n\r\n{body}",
        },
    }


def test_without_anything_to_hide_the_export_stays_byte_for_byte(case):
    made = case(note("nothing"), mail("hello"))
    shown = made.shown()
    assert shown.raw == made.file.read_bytes()
    assert not shown.plan


def test_a_withheld_value_is_gone_wherever_it_stands_and_everything_else_stays(case):
    made = case(note(f"ask {STRANGER}, then wait"), mail(f"Dear {STRANGER}!"), {"x": 1.50, "y": [None, True]})
    shown = made.decide("withhold").shown()
    assert STRANGER not in shown.raw.decode()
    (mark,) = shown.plan.marks
    assert shown.data[0]["text"] == f"ask {mark.text}, then wait"
    assert shown.data[2] == {"x": 1.50, "y": [None, True]}
    assert b"1.5" in shown.raw
    assert mark.passage_pointers == ["/data/0/text", "/data/1/data/mime"]


def test_the_sum_holds_and_masked_and_withheld_are_counted_apart(case):
    made = case({"ID": "7", "fields": {"Partner": STRANGER}, "secret": CODE}, note("n"))
    shown = made.decide("withhold", only="address").shown()
    values = shown.values
    assert (values.total, values.disclosed, values.masked, values.withheld) == (7, 5, 1, 1)
    assert [mark.treatment for mark in shown.plan.marks] in (["mask", "withhold"], ["withhold", "mask"])


def test_the_same_value_bears_the_same_number_everywhere_and_another_value_another(case):
    other = "els.anders@elders.example"
    shown = case(note(f"{STRANGER} {other}"), note(STRANGER)).decide("withhold").shown()
    first, second = (mark.text for mark in shown.plan.marks)
    assert shown.data[0]["text"] == f"{first} {second}"
    assert shown.data[1]["text"] == first


def test_a_mark_says_nothing_of_the_length_of_what_it_hides(case, tmp_path):
    texts = set()
    for address in ("a@b.example", f"{'a' * 50}@{'b' * 50}.example"):
        texts.add(case(note(f"x {address}")).decide("withhold").shown().data[0]["text"])
    assert len(texts) == 1


@pytest.mark.parametrize("lang", ["en", "nl", "de", "fr"])
def test_marks_are_in_the_language_of_the_report(case, lang):
    word = {"en": "withheld", "nl": "niet verstrekt", "de": "nicht mitgeteilt", "fr": "non communiqué"}[lang]
    assert word in case(note(STRANGER)).decide("withhold").shown(lang=lang).data[0]["text"]


def test_undecided_secrets_are_masked_and_the_rest_is_disclosed_with_a_warning(case):
    made = case({"ID": "7", "fields": {"a": "b"}, "secret": CODE}, note(STRANGER)).decide("undecided")
    shown = made.shown()
    assert CODE not in shown.raw.decode()
    assert STRANGER in shown.raw.decode()
    assert any("must be decided" in warning for warning in shown.warnings)
    with pytest.raises(CheckFailedError, match="must be decided"):
        made.shown(strict=True)


def test_a_secret_can_be_disclosed_by_decision(case):
    made = case({"ID": "7", "fields": {"a": "b"}, "secret": CODE}).decide("disclose")
    assert made.shown().raw == made.file.read_bytes()


def test_hiding_what_was_proposed_to_be_disclosed_is_warned_of(case):
    form = {"type": "form", "form": "friend", "fields": {"friend": STRANGER}}
    shown = case(form).decide("withhold").shown()
    assert any("hiding too much" in warning for warning in shown.warnings)


def test_a_whole_record_of_another_person_is_withheld_under_one_number(case):
    people = [
        {"type": "subprofile", "ID": str(i), "fields": {"Naam": name, "Leeftijd": 30 + i}}
        for i, name in enumerate(["jan", "els"])
    ]
    made = case(*people)
    blocks = made.toml().split("[[finding]]")
    blocks[2] = blocks[2].replace('"undecided"', '"withhold"').replace('reason = ""', 'reason = "colleague"')
    made.review.write_text("[[finding]]".join(blocks), encoding="utf-8")
    shown = made.shown()
    assert shown.data[0] == people[0]
    assert len({shown.data[1]["ID"], *shown.data[1]["fields"].values()}) == 1
    assert shown.values.withheld == 4
    assert [len(mark.pointers) for mark in shown.plan.marks] == [4]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda text: text.replace('"undecided"', '"delete"'), "is not a decision"),
        (lambda text: text.replace('"undecided"', '"withhold"'), "needs a reason"),
        (lambda text: text.replace('id = "', 'id = "x'), "not one of this export"),
        (lambda text: text.replace('export_sha256 = "', 'export_sha256 = "x'), "another export"),
        (lambda text: text.replace("export_sha256", "export_hash"), "no file of decisions"),
        (lambda text: text.replace("id = ", "name = "), "needs its id"),
        (lambda text: text + '\n[[also]]\ntext = "abc"\n', "fewer than 6"),
        (
            lambda text: text + '\n[[also]]\ntext = "abcdefg"\ndecision = "withhold"\n',
            "reason and an article",
        ),
        (lambda text: text + "\n[[also]]\n", "either a text or a pointer"),
        (lambda text: text + "[", "is not TOML"),
    ],
)
def test_a_review_file_that_makes_no_sense_is_refused_with_the_reason(case, change, complaint):
    made = case(note(STRANGER))
    made.review.write_text(change(made.toml()), encoding="utf-8")
    with pytest.raises(ConfigError, match=complaint):
        made.shown()


@pytest.mark.parametrize("lang", ["en", "nl", "de", "fr"])
def test_secrets_that_are_left_masked_have_a_reason_in_the_language_of_the_report(case, lang, tmp_path):
    made = case({"ID": "7", "fields": {"a": "b"}, "secret": CODE}).decide("undecided", reason="")
    with dsr_report.read(made.file) as source, dsr_report.Report(source, lang, review=made.review) as report:
        assert [mark.reason for mark in report.plan.marks] == ["live-key"]
        report.to(tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert language_of(lang).text("anyone who has it can get at your data") in page
    assert "whoever has it" not in page


def also(**entry):
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in entry.items())
    return (
        f'\n[[also]]\n{lines}decision = "withhold"\nreason = "another person"\narticle = "Art. 15(4) GDPR"\n'
    )


def test_an_operator_adds_a_name_that_no_rule_finds(case):
    made = case(note("Gebeld door Els van den Berg."), mail("Els van\r\nden Berg says hi")).decide(
        "disclose", extra=also(text="Els van den Berg")
    )
    shown = made.shown()
    assert shown.data[0]["text"].startswith("Gebeld door [withheld 1")
    assert "Berg" not in shown.raw.decode()


@pytest.mark.parametrize(
    "spelling",
    [
        "Els\nvan den  Berg",
        "Els\u00a0van den Berg",
        "Els van\tden Berg",
        "Els van den Be\u00adrg",
        "<b>Els</b> van den Berg",
        "Els<br>van den B<i>e</i>rg",
        "ELS%20VAN%20DEN%20BERG",
        "E&#108;s+van+den+Berg",
    ],
)
def test_an_added_name_is_hidden_in_any_value_however_it_is_spelled(case, spelling):
    made = case(note(f"Gebeld door {spelling}."), note("Els van den Berg")).decide(
        "disclose", extra=also(text="Els van den Berg")
    )
    text = made.shown().data[0]["text"]
    assert text.startswith("Gebeld door ")
    assert text.endswith(".")
    assert "[withheld 1: " in text
    assert "berg" not in text.lower().replace("\u00ad", "").replace("<i>", "")


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("Strasse Wegener", "Straße Wegener"),
        ("Steffi Graf", "Ste\ufb03 Graf"),
        ("Steffi Graf", "%2526%2523083%253Bteffi Graf"),
    ],
)
def test_a_name_is_taken_out_of_a_value_in_which_it_is_spelled_with_other_letters(case, name, spelling):
    made = case(note(f"Gebeld door {spelling}."), note(name)).decide("disclose", extra=also(text=name))
    shown = made.shown()
    assert shown.data[0]["text"] == f"Gebeld door {shown.plan.marks[0].text}."


@pytest.mark.parametrize(
    ("before", "line_end"),
    [
        ("\ufeff", "\r\n"),
        (f"X-Long: {'a' * 3000}\n", "\n"),
        (">From a@shop.example Fri Mar 12 09:15:00 2021\n", "\n"),
        ("", "\r\r\n"),
        ("", "\r"),
    ],
    ids=["byte-order mark", "long field", "mailbox line", "CR CR LF", "CR"],
)
def test_whatever_is_read_as_a_message_is_decoded_before_anything_is_hidden_in_it(case, before, line_end):
    body = base64.encodebytes(f"{'x' * 50} Els van den Berg".encode()).decode()
    head = "From: a@shop.example\nMIME-Version: 1.0\nContent-Type: text/plain\n"
    mime = (f"{before}{head}Content-Transfer-Encoding: base64\n\n{body}").replace("\n", line_end)
    made = case({"type": "message", "data": {"ID": "1", "mime": mime}}, note("Els van den Berg"))
    shown = made.decide("disclose", extra=also(text="Els van den Berg")).shown()
    assert "[withheld 1: " in parse(shown.data[0]["data"]["mime"]).root.text


def test_encoded_words_of_a_message_that_is_its_header_alone_are_decoded(case):
    mime = "From: a@shop.example\nSubject: =?utf-8?Q?Els_van_d?=\n =?utf-8?Q?en_Berg?=\n"
    made = case({"type": "message", "data": {"ID": "1", "mime": mime}}, note("Els van den Berg"))
    shown = made.decide("disclose", extra=also(text="Els van den Berg")).shown()
    assert parse(shown.data[0]["data"]["mime"]).subject.startswith("[withheld 1: ")


def test_an_operator_withholds_a_whole_message_by_its_pointer(case):
    made = case(mail("secret plans"), note("n")).decide("disclose", extra=also(pointer="/data/0/data/mime"))
    shown = made.shown()
    assert shown.data[0]["data"]["mime"] == shown.plan.marks[0].text
    assert shown.values.withheld == 1


@pytest.mark.parametrize(
    "entry", [{"pointer": "/data/9/nowhere"}, {"pointer": "/data/0/nowhere"}, {"text": "Not There"}]
)
def test_withholding_what_is_nowhere_stops_the_run(case, entry):
    made = case(note("n")).decide("disclose", extra=also(**entry))
    with pytest.raises(RedactionError, match=r"not in the export|nowhere in the export"):
        made.shown()


def test_an_original_copy_and_a_review_exclude_each_other(case):
    made = case(note(STRANGER)).decide("withhold")
    with pytest.raises(UsageError, match="cannot be combined"):
        made.shown(original=True)


def test_files_that_could_hold_a_withheld_value_unseen_are_warned_of(case):
    attached = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="x"\r\n'
    body = "--x\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF-1.4 \x01\x02\x03\r\n--x--\r\n"
    shown = case(mail(body, attached), note(STRANGER)).decide("withhold", only="address").shown()
    assert any("/data/0/data/mime, part 1.1 (" in warning for warning in shown.warnings)


def test_a_password_that_is_a_word_is_masked_where_it_stands_and_nowhere_else(case, tmp_path):
    form = {"type": "form", "form": "login", "fields": {"password": "voorjaar"}}
    made = case(form, note("Het wordt voorjaar."))
    shown = made.shown()
    assert shown.data[1]["text"] == "Het wordt voorjaar."
    assert "voorjaar" not in shown.data[0]["fields"]["password"]
    target = tmp_path / "a.html"
    with dsr_report.read(made.file) as source, dsr_report.Report(source) as report:
        report.to(target)
        with report._document("html") as made_document:
            hidden, problems, _ = hidden_values(made_document.manifest, report.shown.file, source.file)
    assert (hidden, problems) == ({}, [])


@pytest.mark.slow
def test_a_password_that_is_a_word_gives_no_false_alarm(case, tmp_path):
    form = {"type": "form", "form": "login", "fields": {"password": "voorjaar"}}
    distinctive = {"type": "form", "form": "login", "fields": {"password": "Tr0ub4dor&3"}}
    made = case(form, note("Het wordt voorjaar."), distinctive, note("it was Tr0ub4dor&3 I think"))
    target = tmp_path / "a.pdf"
    with dsr_report.read(made.file) as source, dsr_report.Report(source) as report:
        report.to(target)
    result = verify(target, made.file)
    assert result.ok, [check.text for check in result.checks if not check.ok]
    assert b"Tr0ub4dor" not in made.shown().raw


def test_of_two_withheld_names_side_by_side_none_is_cut_by_the_check_for_leaks(case, tmp_path):
    first, second = "Wilhelmina Vos", "Katharina Berg"
    made = case(
        note(f"Van {first} {second}."), note("Wilhelmina en Katharina zijn straten."), note(f"{first}!")
    )
    review = tmp_path / "both.toml"
    also = "".join(
        f'[[also]]\ntext = "{text}"\ndecision = "withhold"\nreason = "x"\narticle = "y"\n'
        for text in (first, second)
    )
    with dsr_report.read(made.file) as source:
        review.write_text(f'export_sha256 = "{source.sha256}"\n{also}', encoding="utf-8")
    with dsr_report.read(made.file) as source, dsr_report.Report(source, review=review) as report:
        report.to(tmp_path / "a.html")
        with report.shown.file.raw() as raw:
            assert first.encode() not in raw.read()
    result = verify(tmp_path / "a.html", made.file)
    assert result.ok, [check.text for check in result.checks if not check.ok]


@pytest.mark.parametrize("name", ["md5", "sha256"])
def test_no_digest_of_what_was_changed_stands_beside_it(case, name):
    record = mail(f"Bel {STRANGER} even.", "MIME-Version: 1.0\r\n")
    raw = record["data"]["mime"].encode()
    for content in (raw, raw.partition(b"\r\n\r\n")[2]):
        digest = hashlib.new(name, content)
        record["data"][f"sum {len(content)}"] = digest.hexdigest()
        record["data"][f"b64 {len(content)}"] = base64.b64encode(digest.digest()).decode()
    record["data"]["other"] = hashlib.new("md5", b"other", usedforsecurity=False).hexdigest()
    shown = case(record, note(STRANGER)).decide("withhold").shown()
    left = {key: text for key, text in shown.data[0]["data"].items() if key.startswith(("sum", "b64"))}
    assert len(left) == 4
    assert {text.rstrip("=") for text in left.values()} == {shown.plan.marks[0].text}
    assert shown.data[0]["data"]["other"] == record["data"]["other"]

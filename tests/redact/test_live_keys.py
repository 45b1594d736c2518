"""What a live key is, what a weak one is, and that every sum counts what its reader sees."""

import base64
import io
import json
import re
import subprocess
import sys
import zipfile
from itertools import chain

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import dsr_report
from dsr_report.jsonstream.items import Elements, Item, containers
from dsr_report.mime.message import parse
from dsr_report.records.alike import Lot
from dsr_report.redact.key_names import is_secret_question, key_name, may_tell
from dsr_report.redact.key_shapes import keys_in_value
from dsr_report.redact.keys_in_text import keys_written_in
from dsr_report.redact.secrets import find_secrets
from dsr_report.redact.watch import Watch, codes_in
from dsr_report.verification.verifier import verify

PROFILE = {"ID": "500", "fields": {"Email": "robin@example.org", "Naam": "Robin Proef"}}
ALSO = """[[also]]
text = "Piet Voorbeeld"
decision = "withhold"
reason = "another person"
article = "Art. 15(4) GDPR"
"""


def pointers(*items):
    found = find_secrets(lambda: (Item(f"/data/{i}", (), item) for i, item in enumerate(items)))
    return sorted({decision.pointer for decision, _ in found.decisions()})


@pytest.mark.parametrize("value", [48213977, "48213977", ["48213977"], {"value": "48213977"}, 5550001112223])
def test_a_key_is_one_whatever_its_type(value):
    assert len(pointers({"fields": {"pincode": value}})) == 1


IN_OBJECTS = [
    "log: {{'name': 'wachtwoord', 'value': '{}'}} ok",
    "log: {{'value': '{}', 'name': 'wachtwoord'}} ok",
    "a {{name: 'password', value: '{}'}}",
    "x [:name => 'Passwort', :value => '{}']",
    'array("name" => "password", "required" => true, "value" => "{}")',
    "Field(name='mot de passe', id=4, value=\"{}\")",
    "[{{'name': 'email', 'value': 'a@b.example'}}, {{'name': 'wachtwoord', 'value': '{}'}}]",
    "{{'name': 'wachtwoord', 'meta': {{'x': 1}}, 'when': date(2020, 1, 2), 'value': '{}'}}",
    "- {{name: wachtwoord, value: {}}}",
    'log \\"name\\": \\"password\\", \\"value\\": \\"{}\\"',
    "name=wachtwoord; value={}",
]


@pytest.mark.parametrize("text", IN_OBJECTS)
@pytest.mark.parametrize("password", ["Qx7vT2mL9a", "geheim12"])
def test_a_key_beside_its_name_is_found_in_the_objects_of_any_program(text, password):
    assert [key.text for key in keys_in_value(text.format(password))] == [password]


@pytest.mark.parametrize(
    "text",
    [
        "{'name': 'kleur', 'value': 'blauw'}",
        "title: wachtwoord, text: Uw wachtwoord is gewijzigd",
        "{'name': 'wachtwoord', 'meta': {'x': 'blauw'}, 'type': 'text'}",
        "(name: wachtwoord) en verder (value: blauw)",
    ],
)
def test_members_beside_no_name_of_a_key_are_no_keys(text):
    assert list(keys_in_value(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "wachtwoord: " + " " * 200_000 + "Qx7vT2mL9a",
        "-" * 100_000 + "\nwachtwoord: Qx7vT2mL9a",
        "a1:" * 50_000 + "\nwachtwoord: Qx7vT2mL9a",
        "a|" * 50_000 + "\nwachtwoord: Qx7vT2mL9a",
        "\\" * 50_000 + "\nwachtwoord: Qx7vT2mL9a",
        "{" * 50_000 + "\nwachtwoord: Qx7vT2mL9a",
    ],
    ids=["blanks", "dashes", "colons", "bars", "backslashes", "brackets"],
)
def test_a_key_in_a_text_of_one_sign_is_found_in_time_that_grows_with_the_text(text):
    assert "Qx7vT2mL9a" in [key.text for key in keys_in_value(text)]


LIKE_NAMES = ["geheim12", "wachtwoord1", "token7", "mijnwachtwoord", "pin1234", "Passwort99", "secret_2024"]


@pytest.mark.parametrize("password", LIKE_NAMES)
def test_a_password_that_resembles_a_name_is_no_name(password):
    places = [
        {"name": "wachtwoord", "value": password},
        ["wachtwoord", password],
        [["naam", "wachtwoord"], ["robin", password]],
        {"columns": ["naam", "wachtwoord"], "rows": [["robin", password]]},
        f"veld;waarde\nwachtwoord;{password}\n",
        f"naam;wachtwoord\nrobin;{password}\n",
        f"e-mail;robin@example.org\nwachtwoord;{password}\n",
        f"<table><tr><td>wachtwoord</td><td>{password}</td></tr></table>",
        f"<table><tr><th>naam</th><th>wachtwoord</th></tr><tr><td>robin</td><td>{password}</td></tr></table>",
    ]
    assert [place for place in places if [key.text for key in keys_in_value(place)] != [password]] == []


@pytest.mark.parametrize(
    "text",
    [
        "Gebruikersnaam: robin, wachtwoord: {}",
        "Gebruikersnaam: robin Wachtwoord: {}",
        "**Wachtwoord:** {}",
        "[b]Mot de passe :[/b] {}",
        "Your password:\n    {}\n",
        "login:\n  user: robin\n  password: {}\n",
    ],
)
def test_any_word_behind_the_name_of_a_password_and_a_colon_is_one(text):
    assert [key.text for key in keys_in_value(text.format("zonnebloem"))] == ["zonnebloem"]


@pytest.mark.parametrize(
    "text",
    [
        "Vragen over uw wachtwoord: bel ons.",
        "Over uw wachtwoord: lees verder, graag.",
        "De code: onbekend.",
        "Kies een nieuw wachtwoord:\nhttps://link.example/c/yxae2kfd/5541\n",
        "Uw wachtwoord is gewijzigd.",
    ],
)
def test_a_sentence_about_a_password_tells_none(text):
    assert list(keys_in_value(text)) == []


@pytest.mark.parametrize("password", ["Zon;nebloem12", "zon|bloem77", "Zon!bloem77", "Zon,bloem77"])
@pytest.mark.parametrize(
    "text",
    [
        "array (\n  'user' => 'robin',\n  'password' => '{}',\n)",
        "[login]\nuser=robin\npassword={}\n",
        "login:\n  user: robin\n  password: {}\n",
        '<td>{{"naam":"robin","wachtwoord":"{}"}}</td>',
        '<pre>[["naam","wachtwoord"],["robin","{}"]]</pre>',
        "Wachtwoord - {}",
        "| Naam | Wachtwoord |\n|---|---|\n| x | {} |\n",
    ],
)
def test_a_delimiter_within_a_password_is_part_of_it(text, password):
    if "|" in password and text.startswith("|"):
        return  # there it is the end of a cell
    assert [key.text for key in keys_in_value(text.format(password))] == [password]


@pytest.mark.parametrize(
    "names", [["wachtwoord", "Nieuw wachtwoord"], ["password", "confirm_password"], ["token", "e-mail"]]
)
def test_the_names_of_columns_are_no_keys(names):
    values = ["Qx7vT2mL9a", "Qx7vT2mL9b"]
    found = {key.text for key in keys_in_value([names, values])}
    assert found == ({values[0]} if "e-mail" in names else {*values})


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Uw nieuwe wachtwoord luidt Qx7vT2mL9a.", "Qx7vT2mL9a"),
        ("Your password is Qx7vT2mL9a", "Qx7vT2mL9a"),
        ("Ihr neues Kennwort ist Qx7vT2mL9a.", "Qx7vT2mL9a"),
        ("Votre code de vérification est 583019", "583019"),
        ("583020 is your verification code. Ihr", "583020"),
        ("Gebruikersnaam: robin, wachtwoord: Qx7vT2mL9a", "Qx7vT2mL9a"),
        ("Uw wachtwoord is gewijzigd in Qx7vT2mL9a.", "Qx7vT2mL9a"),
        ("Het wachtwoord hebben wij gewijzigd in Qx7vT2mL9a", "Qx7vT2mL9a"),
        ("Your password has been reset to Qx7vT2mL9a", "Qx7vT2mL9a"),
        ("Ihr Kennwort lautet nun Vlinder!4821", "Vlinder!4821"),
        ("Votre mot de passe a été changé en Qx7vT2mL9a", "Qx7vT2mL9a"),
        ("Votre clé d’activation : Qx7vT2mL9a", "Qx7vT2mL9a"),
        ("De wifi-sleutel is Qx7vT2mL9a", "Qx7vT2mL9a"),
        ("Votre mot de passe «Qx7vT2mL9a» a été changé", "Qx7vT2mL9a"),
        ("Passwort » Qx7vT2mL9a", "Qx7vT2mL9a"),
        ("Wachtwoord：Qx7vT2mL9a", "Qx7vT2mL9a"),
        ("met wachtwoord Vlinder!4821 kunt u inloggen", "Vlinder!4821"),
        ("Password\n--------\nQx7vT2mL9a", "Qx7vT2mL9a"),
        ("wachtwoord werd gewijzigd in 2023", None),
        ("Uw wachtwoord is verstuurd naar robin88@example.org", None),
        ("Uw wachtwoord is gewijzigd op iPhone15Pro", None),
        ("Uw wachtwoord is gewijzigd op 12 maart", None),
        ("Uw wachtwoord is 8 tekens lang", None),
        ("Your discount code is SUMMER2024, your order number is 1234567", None),
        ("Je wachtwoordhint is hond12345", None),
    ],
)
def test_a_sentence_that_says_a_key_gives_it_and_no_other_one(text, key):
    assert [found.text for found in keys_written_in(text)] == ([key] if key else [])


LONG = "De tuin slaapt en jij maakt plannen voor het voorjaar met code geel. " * 20


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Uw code is 482913",
            "ww: Qx7vT2mL9a",
            "Uw PIN is 482913",
            "Einmalcode: 482913",
            "mdp : Qx7vT2mL9a",
        ),
        *("Code de vérification : 482913", "votre code de récupération : Qx7vT2mL9a", "JWT: Qx7vT2mL9a"),
        *("Your API key: Qx7vT2mL9a", "OTP 482913", "API-Schlüssel: Qx7vT2mL9a", "PHPSESSID=Qx7vT2mL9a8b"),
        *(
            "one-time code: 482913",
            "Zugangsschlüssel: Qx7vT2mL9a",
            "clé API : Qx7vT2mL9a",
            "PIN-Code: 482913",
        ),
    ],
)
@pytest.mark.parametrize("kind", ["plain", "html"])
def test_a_key_with_a_short_name_is_hidden_in_a_long_letter(case, text, kind):
    mime = f"From: a@shop.example\nContent-Type: text/{kind}; charset=utf-8\n\n<p>{LONG}</p>\n<p>{text}</p>\n"
    shown = case([{"ID": "1", "mime": mime}]).shown().data[0][0]["mime"]
    assert not re.search("482913|Qx7vT2mL9a", shown)
    assert shown.count("voorjaar") == 20


@pytest.mark.parametrize(
    "text", ["Wachtwoord:\n\nQx7vT2mL9a\n", "Opmerking: geen\nWachtwoord:\n \n Qx7vT2mL9a"]
)
def test_a_note_that_is_written_like_a_header_is_read_as_a_note_as_well(case, text):
    assert "Qx7vT2mL9a" not in case([{"ID": "1", "note": text}]).shown().raw.decode()


@pytest.mark.parametrize(
    "record",
    [
        {"meta_key": "refresh_token", "meta_value": "Qx7vT2mL9a"},
        {"n": "Wachtwoord", "v": "Qx7vT2mL9a"},
        {"attribute_name": "api_key", "attribute_value": "Qx7vT2mL9a"},
        {"pass word": "Qx7vT2mL9a"},
        {"temp_pass": "Qx7vT2mL9a"},
        {"sql": "UPDATE u SET `api_key`='Qx7vT2mL9a' WHERE id=1"},
        {"unsubscribe_hash": "Qx7vT2mL9a"},
    ],
)
def test_a_key_is_hidden_beside_and_under_names_of_databases(case, record):
    shown = case([{"ID": "1", "row": record}]).shown()
    assert "Qx7vT2mL9a" not in shown.raw.decode()


@pytest.mark.parametrize("record", [{"n": "Bestelling", "v": "Qx7vT2mL9a"}, {"boarding_pass": "KL1234AMS"}])
def test_other_pairs_and_passes_are_shown(case, record):
    assert case([{"ID": "1", "row": record}]).shown().data[0][0]["row"] == record


LONG_KEY = "".join(f"k{number}vTw{number * 7919 % 9973}Q" for number in range(300))
"""3,000 letters, of which none is repeated."""


@pytest.mark.parametrize("length", [101, 150, 600, 2500])
@pytest.mark.parametrize(
    "text",
    [
        *("Uw wachtwoord is {}", "Wachtwoord: {}", "password {}", '"password": "{}"', "api_key => '{}'"),
        *("https://robin:{}@x.example/", "https://x.example/unsubscribe/{}", "Login: robin / {}"),
        *("{} is your verification code", "data=token%3D{}", "Authorization: Bearer {}", "?token={}"),
    ],
)
def test_of_a_long_key_nothing_is_left(case, text, length):
    text = text.format(LONG_KEY[:length])
    mime = f"From: a@shop.example\nContent-Type: text/plain; charset=utf-8\n\n{LONG}\n{text}\n{LONG}\n"
    shown = case([{"ID": "1", "mime": mime}], [{"ID": "2", "note": text}]).shown().raw.decode()
    assert not [at for at in range(length - 12) if LONG_KEY[at : at + 12] in shown]


def test_the_answer_to_a_long_question_for_a_password_is_hidden_where_it_looks_like_one():
    question = "Welk wachtwoord wilt u gebruiken voor uw account bij onze winkel?"
    assert pointers({"question": question, "answer": "Vlinder!4821"}) == ["/data/0/answer"]
    assert pointers({"question": question, "answer": "geen idee nog"}) == []


def test_a_key_in_a_packed_file_is_masked_with_the_file(case):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(
            zipfile.ZipInfo("word/document.xml"), "<w:t>Wachtwoord: Qx7vT2mL9a</w:t><w:t>Dag</w:t>"
        )
    mime = (
        "From: a@shop.example\r\nMIME-Version: 1.0\r\nContent-Type: application/msword\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{base64.encodebytes(packed.getvalue()).decode()}"
    )
    (part,) = parse(case([{"ID": "1", "mime": mime}]).shown().data[0][0]["mime"].encode()).walk()
    assert "masked" in part.exact_text
    assert not part.content.startswith(b"PK")


@pytest.mark.parametrize(
    "value",
    [None, True, "", "ja", "nee", "yes", "********", {"hint": "cat", "changed": "2024-01-01"}, [], "n/a"],
)
def test_an_answer_that_gives_no_key_is_none(value):
    assert pointers({"password": value}) == []


def test_what_is_said_of_a_key_stays(case):
    token = {"value": "k7Qx92vTzz1", "type": "Bearer", "expires": "2024-05-01", "scope": "read"}
    shown = case([{"token": token}]).shown()
    assert shown.data[0][0]["token"]["type"] == "Bearer"
    assert shown.data[0][0]["token"]["expires"] == "2024-05-01"
    assert "k7Qx92vTzz1" not in shown.raw.decode()


@pytest.mark.parametrize("password", ["12345678", "Amsterdam", "abc", "0612345678", "robin2@example.org"])
def test_a_weak_key_is_masked_where_it_stands_and_cut_out_of_nothing(case, password):
    fields = {"Wachtwoord": password, "Telefoon": f"{password}", "Klantnummer": f"99{password}0"}
    click = {
        "link": f"https://x.example/p/{password}",
        "timestamp": "2024-01-01 10:00:00",
        "note": f"a {password}",
    }
    shown = case([{"ID": "1", "fields": fields}], [click]).shown()
    assert shown.data[0][0]["fields"]["Wachtwoord"].startswith("[masked 1: ")
    assert {**shown.data[0][0]["fields"], "Wachtwoord": password} == fields
    assert shown.data[1][0] == click
    assert (shown.values.masked, shown.values.in_part) == (1, 0)


def test_a_password_that_is_the_name_of_the_user_is_not_cut_out_of_it(case):
    shown = case(
        [{"ID": "1", "fields": {"Gebruikersnaam": "Robin1990!", "Wachtwoord": "robin1990!"}}]
    ).shown()
    assert shown.data[0][0]["fields"]["Gebruikersnaam"] == "Robin1990!"
    assert shown.values.masked == 1


def test_a_strong_key_is_hidden_wherever_it_stands(case):
    key = "kQ7vT7w90210x"
    shown = case([{"ID": "1", "fields": {"Wachtwoord": key}}], [{"note": f"he said {key}, twice"}]).shown()
    assert key not in shown.raw.decode()
    assert (shown.values.masked, shown.values.in_part) == (1, 1)


def test_a_weak_key_in_a_text_is_hidden_at_its_place_alone(case):
    shown = case(
        [{"body": "pin=1234&phone=0612341234", "payload": '{"pin": 1234, "street": "Kade 1234"}'}]
    ).shown()
    body, payload = shown.data[0][0].values()
    assert body.startswith("pin=[masked ")
    assert body.endswith("&phone=0612341234")
    assert json.loads(
        payload.replace("[masked", '"[masked').replace("],", ']",').replace(": password]", ": password]")
    )
    assert "Kade 1234" in payload


def sums(case, *, review=False):
    """The sum as each of those who give one gives it."""
    if review:
        with dsr_report.read(case.file) as source:
            case.review.write_text(f'export_sha256 = "{source.sha256}"\n{ALSO}', encoding="utf-8")
    target = case.folder / "out.html"
    options = {"review": case.review} if review else {}
    with dsr_report.read(case.file) as source, dsr_report.Report(source, **options) as report:
        written = report.to(target)
    checks = {check.code: check.text for check in verify(target, case.file).checks}
    yield str(written.values.sum)
    yield checks["sum"].removeprefix("Complete: ").removesuffix(".")
    if not review:
        said = subprocess.run(
            [sys.executable, "-m", "dsr_report", "inspect", case.file],
            capture_output=True,
            text=True,
            check=True,
        )
        yield said.stdout.splitlines()[2].strip()


def test_a_value_of_which_a_mark_alone_is_left_counts_as_withheld(case):
    made = case([{"ID": "500", "fields": {"Email": "robin@example.org", "Partner": "Piet Voorbeeld"}}])
    assert set(sums(made, review=True)) == {"5 values = 4 disclosed + 0 masked + 1 withheld"}


def test_key_text_and_part_are_counted_once_each(case):
    fields = {"Email": "robin@example.org", "Partner": "Piet Voorbeeld", "Zus": "Piet Voorbeeld"}
    mime = (
        "From: a@shop.example\r\nTo: robin@example.org\r\nSubject: bericht\r\n\r\n"
        "Piet Voorbeeld belde. Afmelden: https://shop.example/unsubscribe/kqzvxwjrtplmnbvcdfgh\r\n"
    )
    made = case(
        [{"ID": "500", "secret": "e5903b43c08f011fe5903b43c08f011f", "fields": fields}],
        [{"ID": "1", "timestampsent": "2024-03-02 09:15:00", "mime": mime}],
    )
    assert set(sums(made, review=True)) == {
        "10 values = 7 disclosed + 1 masked + 2 withheld (1 disclosed in part)"
    }
    made.review.unlink()
    assert set(sums(made)) == {"10 values = 9 disclosed + 1 masked + 0 withheld (1 disclosed in part)"}


@pytest.mark.parametrize(
    "members",
    [
        {"question": "Geheime vraag: naam van uw huisdier?", "answer": "Rex{}"},
        {"secret_question": "Naam huisdier?", "answer": "Rex{}"},
        {"Sicherheitsfrage": "Haustier?", "Antwort": "Rex{}"},
        {"label": "Wachtwoord", "waarde": "Rex{}"},
        {"question": "Uw wachtwoord?", "answer": "Rex{}"},
        {"questions": [{"question": "Geheime vraag?", "answer": "Rex{}"}, {"question": "x", "answer": "y"}]},
        {"secret_answer": "Rex{}"},
        {"name": "plaats", "value": "Rex{}"},
    ],
)
def test_a_look_at_names_counts_what_is_masked_of_a_long_list(members):
    items = [json.loads(json.dumps({"ID": "{}", **members}).replace("{}", str(i))) for i in range(50)]
    lot = Lot(Elements("/data", 0, (), items, containers(items)[1:]))
    assert Watch().count(lot) == sum(len(list(keys_in_value(item))) for item in items)
    assert Watch().count(lot) == (0 if "plaats" in members.values() else 50)


NAMES = st.sampled_from(
    ["id", "name", "value", "values", "event", "token", "code", "wachtwoord", "question", "answer", "profile",
     "secret_question", "fields", "label", "columns", "rows", "expires", "kind", "Cookie", "0", "1", "2"]
)  # fmt: skip
TEXTS = st.sampled_from(
    ["", "token", "Bearer", "Wachtwoord", "open", "abc12345", "blauw", "5", "a=b1c2d3; path=/", "pín code",
     "Cookie: a=b", " vervolg", "Geheime vraag: naam van uw huisdier?", "regel\nwachtwoord", "x" * 120,
     "https://shop.example/u/4f9a8c", "Bearer 9f8e7d6c5b4a", "e5903b43c08f011fe5903b43c08f011f"]
)  # fmt: skip
SCALARS = st.one_of(TEXTS, st.none(), st.booleans(), st.integers(0, 99_999))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


def one_by_one(items):
    """How many values of some items are keys as a whole by a name: what hiding finds, but in texts."""
    return sum(
        key.span is None
        for item in items
        for key in chain(keys_in_value(item.value, item.pointer, in_texts=False), codes_in(item))
    )


@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=5) | VALUES, max_size=8))
@example([{"sleutel": "Bearer", "event": "open"}] * 3)
@example([{"fields": [["a", "token"]], "rows": ["x", "abc12345"]}, {"name": "token", "value": "abc12345"}])
@example([{"columns": [{"name": "token"}], "rows": [["abc12345"]]}])
@example([[[{"name": "Wachtwoord"}], ["abc12345"]]])
@example([{"token": {"value": "abc12345"}, "x": {"token": "abc12345"}}, {"name": "token", "value": ["a1b2"]}])
def test_keys_counted_by_columns_are_those_counted_one_by_one(values):
    elements = Elements("/data", 0, (), values, containers(values)[1:])
    assert Watch().count(Lot(elements)) == one_by_one(elements)
    named = zip("abcdefgh", values, strict=False)
    members = [Item(f"/data/{name}", (name,), value) for name, value in named]
    assert Watch().count(Lot(members)) == one_by_one(members)


@given(st.lists(st.text() | TEXTS | NAMES | st.builds(lambda a, b: a + b, st.text(), TEXTS)))
def test_a_text_that_is_ruled_out_names_no_key(texts):
    tells = may_tell(texts)
    assert all(text in tells for text in texts if key_name(text) or is_secret_question(text))

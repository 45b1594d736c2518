"""What a language's lexicon holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """The words of one language, in lower case; how their signs match is said in `patterns`.

    No field for words has a default: a language that lacks one fails when it is loaded.
    """

    yes: Words
    """Values that mean that something is so."""
    no: Words
    """Values that mean that something is not so."""

    # names of fields, as a whole
    passwords: Words
    """Names of fields that hold a password, a PIN or the like."""
    access_codes: Words
    """Names of fields that hold a code with which a person's data can be read or changed."""
    keys: Words
    """Names of fields that hold the key or the token of a program."""
    given_names: Words
    infixes: Words
    """What stands between given name and family name: "van der"."""
    family_names: Words
    whole_names: Words

    # words in names of fields
    names: Words
    """Any name of a person."""
    notes: Words
    """What employees note about a person."""
    special_categories: Words
    """Special categories of data (Art. 9 GDPR), and offences (Art. 10)."""
    other_people: Words
    """Somebody else than the person: family, friends, colleagues, who recommends or gives."""

    # words in addresses, and in texts of links
    unsubscribing: Words
    leaving: Words
    """Words that mean unsubscribing only in the address to which such a mail is sent."""
    web_version: Words
    """The web page on which a message can be read."""
    personal_pages: Words
    """Pages that are the person's: account, preferences, login, confirmation, survey."""
    shared_mailboxes: Words
    """What stands before the @ of addresses that several people may share, as a whole."""

    # how its texts are set, not words of it
    typesetting: tuple[tuple[str, str], ...] = ()
    """Regular expressions, each with what replaces it in the texts of the catalogue: apostrophes, spaces."""
    capitalises_nouns: bool = False
    """Every noun has a capital, so that two words with one are no sign of a name."""
    is_day_first_everywhere: bool = True
    """In each country that speaks it, dates in numbers have the day first: `5-3-2026` is in March."""
    street_order: Literal["name number", "number name word", "number word name"] = "name number"
    """How an address is written; the word is one of `street_words`."""
    sessions: Words
    """Names of what keeps a visitor logged in; a key only where the value looks drawn by chance."""
    credentials: Words
    """Names of what is sent along to be let in: cookies, header fields."""
    likely_keys: Words
    """Names of what may be a key: it is one only where the value looks drawn by chance."""
    secret_questions: Words
    """What a question is called that stands in for a password."""
    answers: Words
    """What stands as the name of its answer."""
    logins: Words
    """What stands before the name and the password of who logs in."""
    discounts: Words
    """Words beside a code that lowers a price, and lets nobody in."""
    entering: Words
    """What a reader is told to do with a code."""
    codes: Words
    """What a code is called where it is not said what it is for."""
    key_links: Words
    """What a link is for that works like a key; followed by one of `addresses_of_pages`."""
    addresses_of_pages: Words
    """Words for the address of a page."""
    beside_a_key: Words
    """Words beside those of `sessions` and `credentials` that leave them names of keys."""
    no_key: Words
    """What is said about a key and is none: hints, dates of change; and codes that let nobody in."""
    no_key_after: Words
    """The same, where it stands after the word for the key."""
    names_of_names: Words
    """Names of members that hold the name, label or question of the value beside them."""
    names_of_values: Words
    """Names of members that hold such a value."""
    no_answers: Words
    """What is answered where no key is given."""
    lengths: Words
    """What the length of a password is told in: `8 characters`."""
    fields_of_people: Words
    """Names of fields that tell who a person is; what stands there is no key."""

    # people in texts, as whole words where nothing else is said
    relations: Words
    """Who someone is to the person: family, neighbours, colleagues, friends."""
    titles: Words
    """What stands before a name: Mrs, Dr."""
    greetings: Words
    """What a letter begins with, before a name."""
    closings: Words
    """What a letter ends with, before a name."""
    naming: Words
    """What may stand between a relation and the name: is, called, of mine."""
    possessives: Words
    """Whose relation it is: my, her."""
    articles: Words
    """What may stand before a relation in place of a possessive: a, the."""
    determiners: Words
    """What stands before things and not before names of people: the, this; none where it may be both."""
    name_infixes: Words
    """Small words inside a name: van der, de, von."""
    weak_infixes: Words
    """Prepositions among them that are part of a name only before another one: op de, in 't."""
    conjunctions: Words
    """What stands between the last two names of a row: and."""
    families: Words
    """What stands beside the name of several people: the Smith family, Familie Schmidt."""
    writing: Words
    """Verbs beside the name of who wrote a quoted message: On Monday Jan Smith wrote."""
    quoting: Words
    """Names of the lines above a quoted message that hold people: From, To."""
    function_words: Words
    """Frequent words that tell the language of a text."""
    first_names: Words
    """Frequent given names; they tell a name from other words with a capital."""
    no_people: Words
    """Words with a capital that are no name: days, months, places, beginnings of sentences, trade."""
    post_boxes: Words
    """What a post box is called, before its number."""
    firms: Words
    """Names of firms and styles that look like a person's, as a whole."""
    street_ends: Words
    """What a word ends with that names a street, before its number."""
    street_words: Words
    """Words that stand before or after the name of a street, as words of their own."""
    street_links: Words
    """Small words between such a word and the name: de la."""
    health: Words
    """Words in texts about health (Art. 9), from the beginning of a word."""
    belief: Words
    """The same, about religion, philosophy and politics."""
    unions: Words
    """The same, about membership of a trade union."""
    sexual_life: Words
    """The same, about sexual life and orientation."""
    crime: Words
    """The same, about offences (Art. 10)."""

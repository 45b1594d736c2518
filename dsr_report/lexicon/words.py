"""The fields of a language's lexicon."""

from __future__ import annotations

from typing import Literal, NamedTuple

Words = tuple[str, ...]


class Lexicon(NamedTuple):
    """The words of one language, in lower case; `patterns` explains how their characters match.

    Word lists have no defaults: a language that lacks one fails when it is loaded.
    """

    yes: Words
    """Values that mean true."""
    no: Words
    """Values that mean false."""

    # whole field names
    passwords: Words
    """Field names of a password, a PIN or the like."""
    access_codes: Words
    """Field names of a code with which a person's data can be read or changed."""
    keys: Words
    """Field names of a program's key or token."""
    given_names: Words
    infixes: Words
    """Field names of the infix between given name and family name: "van der"."""
    family_names: Words
    whole_names: Words

    # words in field names
    names: Words
    """Any name of a person."""
    notes: Words
    """Employees' notes about a person."""
    special_categories: Words
    """Special categories of data (Art. 9 GDPR), and offences (Art. 10)."""
    other_people: Words
    """Someone other than the person: family, friends, colleagues, recommenders, givers."""

    # words in addresses, and in texts of links
    unsubscribing: Words
    leaving: Words
    """Words that mean unsubscribing only in the mail address for it."""
    web_version: Words
    """The web version of a message."""
    personal_pages: Words
    """Personal pages: account, preferences, login, confirmation, survey."""
    shared_mailboxes: Words
    """Whole local parts of addresses that several people may share."""

    # keys
    sessions: Words
    """Names of session identifiers; a key only if the value looks random."""
    session_ids: Words
    """Ends of names of session identifiers whose value is always a key."""
    ambiguous_keys: Words
    """Short names of keys that count only without other words beside them (not `Boarding Pass`)."""
    keys_in_digits: Words
    """Names of keys that hold a digit: `PIN` is also a way to pay."""
    credentials: Words
    """Names of credentials sent with a request: cookies, header fields."""
    likely_keys: Words
    """Ambiguous names of keys; a key only if the value looks random."""
    secret_questions: Words
    """Names of a secret question."""
    answers: Words
    """Names of the answer to a secret question."""
    logins: Words
    """Words before a user name and password."""
    discounts: Words
    """Words beside a discount code, which gives no access."""
    entering: Words
    """Instructions to enter a code."""
    codes: Words
    """Names of a code without its purpose."""
    key_links: Words
    """Purposes of links that work like a key; followed by one of `addresses_of_pages`."""
    addresses_of_pages: Words
    """Words for the address of a page."""
    beside_a_key: Words
    """Words beside those of `sessions` and `credentials` that leave them names of keys."""
    no_key: Words
    """Words for metadata of a key, such as hints and dates of change, and for codes that give no access."""
    no_key_after: Words
    """Words for metadata of a key that count only after the word for the key."""
    names_of_names: Words
    """Names of members that hold the name, label or question of the value beside them."""
    names_of_values: Words
    """Names of members that hold such a value."""
    no_answers: Words
    """Values that mean that no key is given."""
    says_key: Words
    """Words between the name of a key and the key in a sentence: `is`, `was changed to`."""
    copulas: Words
    """Words between a key and its name behind it: `… is your code`."""
    key_determiners: Words
    """Words before such a name: your, the."""
    lengths: Words
    """Units of a password's length: `8 characters`."""
    fields_of_people: Words
    """Field names of personal details, whose values are no keys."""

    # people in texts, as whole words unless stated otherwise
    relations: Words
    """Relations to the person: family, neighbours, colleagues, friends."""
    titles: Words
    """Titles before a name: Mrs, Dr."""
    greetings: Words
    """Salutations of a letter, before a name."""
    closings: Words
    """Closings of a letter, before a name."""
    naming: Words
    """Words between a relation and the name: is, called, of mine."""
    possessives: Words
    """Possessives before a relation: my, her."""
    articles: Words
    """Articles before a relation: a, the."""
    determiners: Words
    """Words before things but not before names: the, this; empty if the language puts them before both."""
    name_infixes: Words
    """Small words inside a name: van der, de, von."""
    weak_infixes: Words
    """Prepositions among them that are part of a name only before another one: op de, in 't."""
    conjunctions: Words
    """Conjunctions before the last name of a list: and."""
    families: Words
    """Words beside a family's name: the Smith family, Familie Schmidt."""
    writing: Words
    """Verbs beside the author's name above a quoted message: On Monday Jan Smith wrote."""
    quoting: Words
    """Labels of the lines above a quoted message that hold people: From, To."""
    function_words: Words
    """Frequent words by which the language of a text is recognised."""
    first_names: Words
    """Frequent given names, which distinguish names from other capitalised words."""
    no_people: Words
    """Capitalised words that are no names: days, months, places, beginnings of sentences, trade."""
    post_boxes: Words
    """Names of a post box, before its number."""
    firms: Words
    """Whole names of firms and styles that look like a person's."""
    street_ends: Words
    """Last parts of compound street names, before the house number."""
    street_words: Words
    """Separate words before or after the name of a street."""
    street_links: Words
    """Small words between such a word and the name: de la."""
    health: Words
    """Words in texts about health (Art. 9), matched at the beginning of a word."""
    belief: Words
    """Words in texts about religion, philosophy and politics (Art. 9), matched at the beginning of a word."""
    unions: Words
    """Words in texts about trade union membership (Art. 9), matched at the beginning of a word."""
    sexual_life: Words
    """Words in texts about sexual life and orientation (Art. 9), matched at the beginning of a word."""
    crime: Words
    """Words in texts about offences (Art. 10), matched at the beginning of a word."""

    # typography and grammar
    typesetting: tuple[tuple[str, str], ...] = ()
    """Regular expressions with their replacements, applied to catalogue texts: apostrophes, spaces."""
    capitalises_nouns: bool = False
    """Every noun is capitalised, so that two capitalised words are no evidence of a name."""
    is_day_first_everywhere: bool = True
    """In each country that speaks it, numeric dates have the day first: `5-3-2026` is in March."""
    street_order: Literal["name number", "number name word", "number word name"] = "name number"
    """Order of a postal address; `word` is one of `street_words`."""

"""German."""

from __future__ import annotations

from dsr_report.lexicon.words import Lexicon

LEXICON = Lexicon(
    yes=("ja", "wahr", "ein"),
    no=("nein", "falsch", "aus"),
    passwords=(
        "passwort",
        "passwörter",
        "kennwort",
        "kennwörter",
        "losungswort",
        "geheimzahl",
        "pin",
        "pinnummer",
    ),
    access_codes=(
        "mädchenname der mutter",
        "zugangscode",
        "zugriffscode",
        "anmeldecode",
        "einmalcode",
        "einmalkennwort",
        "einmalpasswort",
        "verifizierungscode",
        "bestätigungscode",
        "aktivierungscode",
        "freischaltcode",
        "sicherheitscode",
        "authentifizierungscode",
        "wiederherstellungscode",
        "wiederherstellungscodes",
        "notfallcode",
        "sms code",
        "tan",
        "geheimnis",
        "geheimcode",
        "geheimer code",
        "geheime antwort",
        "geheimantwort",
        "sicherheitsantwort",
        "antwort auf sicherheitsfrage",
    ),
    keys=(
        "api schlüssel",
        "zugangsschlüssel",
        "zugriffsschlüssel",
        "geheimer schlüssel",
        "privater schlüssel",
        "sitzungsschlüssel",
        "sicherheitsschlüssel",
        "token",
        "tokens",
    ),
    given_names=("vor name", "vornamen"),
    infixes=("namenszusatz",),
    family_names=("nach name", "familien name", "zuname"),
    whole_names=("name", "vollständiger name"),
    names=("name",),
    notes=("bemerkung", "notiz", "vermerk", "intern", "interne"),
    special_categories=(
        *("gesundheit", "religi", "glaube", "konfession", "ethni", "politisch", "gewerkschaft", "sexu"),
        *("biometri", "genetisch", "allerg", "behinderung", "diät"),
    ),
    other_people=(
        *("partner", "ehemann", "ehefrau", "freund", "kind", "eltern", "werber", "geschenk", "kolleg"),
        *("arbeitgeber",),
    ),
    unsubscribing=("<abmeld", "abbestell"),
    leaving=(),
    web_version=("web ansicht", "online ansicht", "web versi", "online versi", "im browser"),
    personal_pages=(
        *("einstellung", "profil", "konto", "umfrage", "weiterempf", "passwort", "kennwort", "anmeld"),
        *("bestätig", "aktivier"),
    ),
    shared_mailboxes=("familie", "büro"),
    capitalises_nouns=True,
    sessions=("sitzung", "sitzungen", "sitzungs id", "sitzungs", "sitzungsnummer", "sitzungskennung"),
    credentials=("autorisierung", "cookie", "cookies", "zugangsdaten", "anmeldedaten", "logindaten"),
    likely_keys=(
        "schlüssel",
        "kundenschlüssel",
        "signatur",
        "unterschrift",
        "automatisch anmelden",
        "angemeldet bleiben",
        "prüfwert",
    ),
    secret_questions=(
        "sicherheitsfrage",
        "geheimfrage",
        "geheime frage",
        "kontrollfrage",
    ),
    logins=(
        "zugangsdaten",
        "zugang",
        "anmeldedaten",
        "logindaten",
        "benutzername",
        "benutzer",
        "nutzername",
        "kontodaten",
        "anmeldung",
    ),
    answers=(
        "antwort",
        "antworten",
    ),
    discounts=(
        "rabatt",
        "gutschein",
        "aktionscode",
        "warenkorb",
        "kasse",
    ),
    entering=(
        "geben sie",
        "gib",
        "verwenden sie",
        "benutzen sie",
        "nutzen sie",
        "verwende",
        "nutze",
    ),
    codes=(
        "code",
        "codes",
        "kode",
    ),
    key_links=(
        "anzumelden",
        "einzuloggen",
        "abmelde",
        "abmelden",
        "abbestell",
        "austrag",
        "anmelde",
        "anmelden",
        "login",
        "einlog",
        "passwort",
        "kennwort",
        "zurücksetz",
        "aktivierungs",
        "aktivierung",
        "bestätigungs",
        "bestätigung",
        "verifizierung",
        "einladung",
    ),
    addresses_of_pages=("link", "links", "verweis"),
    beside_a_key=(
        "nummer",
        "nr",
        "wert",
        "werte",
        "benutzer",
        "mein",
        "ihr",
        "ihre",
        "dein",
        "aktuell",
        "aktuelle",
        "letzte",
        "neu",
        "neues",
        "neue",
        "alt",
        "altes",
        "alte",
        "konto",
        "kunde",
        "kunden",
        "der",
        "die",
        "das",
    ),
    no_key=(
        "hinweis",
        "hat",
        "hilfe",
        "erinnerung",
        "frage",
        "geändert",
        "geändert am",
        "änderung",
        "änderungsdatum",
        "aktualisiert",
        "erstellt",
        "datum",
        "zeit",
        "zeitpunkt",
        "läuft ab",
        "abgelaufen",
        "ablauf",
        "ablaufdatum",
        "gültigkeit",
        "länge",
        "stärke",
        "richtlinie",
        "richtlinien",
        "regeln",
        "anzahl",
        "versuche",
        "versuch",
        "vergessen",
        "rabatt",
        "rabattcode",
        "gutschein",
        "gutscheincode",
        "aktionscode",
        "aktion",
        "geschenk",
        "postleitzahl",
        "plz",
        "ländercode",
        "sprachcode",
        "fehlercode",
        "produktcode",
        "zustimmung",
        "einwilligung",
        "einstellung",
        "einstellungen",
        "akzeptiert",
        "dauer",
        "geschützt",
        "erforderlich",
        "angefordert",
    ),
    no_key_after=(
        "art",
        "typ",
        "gültig",
        "aktiv",
        "gesetzt",
        "aktiviert",
        "status",
        "erforderlich",
        "am",
        "beginn",
        "start",
        "ende",
        "name",
        "titel",
        "bezeichnung",
        "version",
        "verwendet",
        "feld",
    ),
    names_of_names=(
        "name",
        "frage",
        "feld",
        "feldname",
        "titel",
        "bezeichnung",
        "merkmal",
        "eigenschaft",
        "schlüssel",
        "überschrift",
    ),
    names_of_values=(
        "wert",
        "werte",
        "antwort",
        "antworten",
        "inhalt",
        "daten",
        "text",
        "eingabe",
        "alt",
        "neu",
        "alter wert",
        "neuer wert",
        "aktuell",
        "vorher",
        "nachher",
    ),
    no_answers=("ja", "nein", "keine", "keiner", "unbekannt", "an", "aus", "nie", "immer", "entfällt"),
    fields_of_people=(
        "email",
        "e mail",
        "mail",
        "adresse",
        "telefon",
        "telefonnummer",
        "handy",
        "mobil",
        "mobilnummer",
        "tel",
        "name",
        "vorname",
        "nachname",
        "kundennummer",
        "mitgliedsnummer",
        "geburtsdatum",
        "geburtstag",
        "ort",
        "strasse",
        "straße",
        "plz",
        "postleitzahl",
        "benutzer",
        "benutzername",
        "kontonummer",
    ),
    # people in texts
    relations=tuple(
        (
            "kontakt notfallkontakt ansprechpartner ansprechpartnerin vertretung vertreter "
            "vertreterin stellvertreter stellvertreterin vormund rechtsanwalt rechtsanwältin anwalt "
            "anwältin steuerberater steuerberaterin empfänger empfängerin begünstigter begünstigte "
            "mieter mieterin schwiegereltern großeltern geschwister zimmergenosse pfleger pflegerin "
            "patenkind "
            "schwester bruder mutter mama vater papa eltern oma opa großmutter großvater tante "
            "onkel nichte neffe cousin cousine tochter sohn kind enkelin enkel frau ehefrau mann "
            "ehemann gatte gattin partner partnerin lebensgefährte lebensgefährtin freund freundin "
            "verlobte verlobter exfrau exmann schwiegermutter schwiegervater schwägerin schwager "
            "schwiegersohn schwiegertochter stiefmutter stiefvater stiefsohn stieftochter nachbar "
            "nachbarin nachbarn kollege kollegin kollegen chef chefin vorgesetzter vorgesetzte "
            "arbeitgeber mitbewohner mitbewohnerin hausarzt hausärztin betreuer betreuerin lehrer "
            "lehrerin trainer bekannte bekannter mitarbeiter mitarbeiterin pate patin vermieter "
            "vermieterin"
        ).split()
    ),
    titles=tuple(("frau herr herrn hr fr dr prof dipl").split()),
    greetings=tuple(("liebe lieber hallo hi geehrte geehrter guten").split()),
    closings=(
        "mit freundlichem gruß",
        "freundlichen gruß",
        "lieben gruß",
        "herzlichen gruß",
        "schöne grüße",
        "beste wünsche",
        "gruss",
        "grüsse",
        "mit besten grüßen",
        "i.v.",
        "iv",
        "grüße",
        "gruß",
        "viele grüße",
        "liebe grüße",
        "freundliche grüße",
        "mit freundlichen grüßen",
        "beste grüße",
        "herzliche grüße",
        "mfg",
        "lg",
        "hochachtungsvoll",
        "im auftrag",
        "i.a.",
    ),
    naming=tuple(("heißt heisst namens ist war und von mir nämlich").split()),
    possessives=tuple(
        (
            "mein meine meiner meinem meinen sein seine seiner ihr ihre ihrer unser unsere unserem "
            "unserer dein deine"
        ).split()
    ),
    families=("familie", "fam", "ehepaar", "eheleute", "eheleuten"),
    writing=("schrieb", "schreibt"),
    weak_infixes=("auf", "in", "an"),
    post_boxes=("postfach",),
    firms=("hugo boss", "jil sander", "dr. oetker", "peter hahn"),
    conjunctions=("und", "u"),
    name_infixes=tuple(("von vom zu zur zum van der den dem auf in an").split()),
    quoting=tuple(("von an cc schrieb").split()),
    articles=("eine", "die"),
    function_words=tuple(
        (
            "der die das und ich nicht mit ist ein eine für auf zu dem den von mein meine bitte "
            "auch wir sie es bei nach habe hat"
        ).split()
    ),
    first_names=tuple(
        (
            "adelheid agnes albert alexander alexandra alfred alina amelie angela angelika anke anne "
            "annegret annette antje anton armin arnold astrid axel bärbel benjamin benno berta "
            "bettina bianca bruno cem carolin carsten charlotte christa christel christiane christina "
            "christine christoph clara cornelia dagmar daniel daniela david dennis detlef dietmar "
            "dominik dorothea dorothee eberhard eckhard edgar edith egon elfriede elisabeth elke ella "
            "elvira emil emre enrico erich erika erna ernst erwin esra esther eugen eva evelyn fabian "
            "ferdinand finn franz franziska friedhelm friedrich fritz gabi gabriele georg gerd gerda "
            "gerhard gerlinde gertrud gregor gundula günther hannelore hanno hannes harald hartmut "
            "hedwig heiko heiner heinrich helena helene helmut henning henrik henriette herbert "
            "hermann hilde hildegard hubert ida ilona ilse inge ingo ines ira irene iris irmgard "
            "isabel isabell jacqueline jakob jan jana janina jannik janine jasmin jennifer joachim "
            "jochen johann johanna johannes jörg josef judith jule julian juliane kerstin kevin "
            "kirsten klara kristina kurt lara lars laurin leonard leonie lieselotte lina linda lisa "
            "lorenz lothar ludwig luisa lutz magdalena malte manuela marcel marco margarete margit "
            "margot maria marianne marina marion marius marlene martha martina mathias matthias max "
            "maya melanie mila miriam mona moritz nadine natalie nele nico niklas nils nina nora "
            "norbert oliver oskar otto pascal patrick paula philipp pia rainer ralph raphael rebecca "
            "regina reiner reinhard reinhold rita robert roland rolf roman ronny rosemarie rosi "
            "roswitha rudi rudolf rüdiger ruth sandra sarah sascha saskia selin sigrid silvia simon "
            "simone sonja sophia steffen steffi stephanie svenja tanja tatjana theo thorsten tilo tim "
            "timo tina tom torsten traute ulla ulrich ulrike udo valentin vanessa vera verena "
            "veronika viktor viktoria vincent volker volkmar walter waltraud wiebke wilfried wilhelm "
            "willi yasemin yvonne aylin hüseyin hatice "
            "hans peter klaus jürgen wolfgang dieter manfred uwe heinz werner horst günter bernd "
            "michael thomas andreas stefan christian markus martin frank jens sven tobias "
            "sebastian florian lukas jonas leon felix maximilian paul uta ute heike sabine petra "
            "monika ursula gisela renate brigitte ingrid helga karin claudia susanne birgit andrea "
            "katrin anja silke nicole stefanie julia anna lena laura lea hannah mia emma sophie "
            "marie greta frieda mehmet ayşe fatma murat jutta dirk kai ralf holger"
        ).split()
    ),
    no_people=tuple(
        (
            "kanzlei notariat hausverwaltung verwaltung praxis büro partner visa mastercard paypal "
            "amazon ikea mo di mi do fr sa so jan feb mär apr jun jul aug sep okt nov dez schule "
            "verein haus residenz tisch stuhl lampe leuchte küche bad garten stil hauptbahnhof "
            "krankenhaus klinik lieferhinweis geschenk kartentext notfallkontakt herzliche januar "
            "februar märz april mai juni juli august september oktober november dezember montag "
            "dienstag mittwoch donnerstag freitag samstag sonntag weihnachten ostern pfingsten "
            "deutschland österreich schweiz berlin hamburg münchen köln frankfurt stuttgart "
            "düsseldorf leipzig dresden bremen hannover nürnberg ich du er sie es wir ihr mein "
            "meine der die das ein eine dies diese dieser hier da nun dann als was wer wo wann "
            "warum wie welche kein keine nicht ja nein auch aber und oder denn also gerne gern "
            "danke vielen dank hallo liebe lieber guten tag morgen abend mit für von auf in bei "
            "nach durch aus über bis um zu kann können will wollen habe hat haben hatte ist bin war "
            "waren wird werden frage kunde kunden kundenservice kundendienst service team bitte "
            "heute gestern leider vielleicht alles sehr gut gute neue alte große kleine bestellung "
            "rechnung lieferung auftrag laden newsletter gmbh ag kg ug ev stadt abteilung "
            "kundennummer damen herren straße euro uhr strom gas gutschein adresse paket post bank "
            "firma telefon nummer geburtstag konto betreff gesendet datum arbeit krebs urlaub "
            "zuhause kirche besuch bescheid hilfe größe farbe seit laut grüße gruß freundlichen "
            "selbst ab am im vom beim zum zur moin"
        ).split()
    ),
    street_ends=tuple(("straße strasse str. allee platz gasse weg ring ufer damm graben steig").split()),
    street_links=(),
    street_words=("straße", "str."),
    health=(
        "<sehbehinder",
        "<schwerhörig",
        "<gehörlos",
        "<ist blind",
        "<erblind",
        "<mutterschutz",
        "<krankgeschrieben",
        "<nervenzusammenbruch",
        "<schizophren",
        "<bipolar",
        "<magersucht",
        "<parkinson",
        "<multiple sklerose",
        "<palliativ",
        "<hospiz",
        "<dialyse",
        "<transplant",
        "<tumor",
        "<leukämie",
        "<geschwulst",
        "<bandscheibe",
        "<rollator",
        "<pflegebedürft",
        "<krebs",
        "<krank",
        "<depress",
        "<burnout",
        "<burn-out",
        "<diabet",
        "<chemo",
        "<schwanger",
        "<allerg",
        "<behinder",
        "<schwerbehindert",
        "<rollstuhl",
        "<dement",
        "<demenz",
        "<alzheimer",
        "<hiv>",
        "<psych",
        "<medikament",
        "<herzinfarkt",
        "<schlaganfall",
        "<fehlgeburt",
        "<asthma",
        "<epilep",
        "<süchtig",
        "<alkoholiker",
        "<autis",
        "<operation",
        "<operiert",
        "<klinik",
        "<reha>",
        "<pflegegrad",
    ),
    belief=(
        "<muslim",
        "<moslem",
        "<islam",
        "<christ>",
        "<christlich",
        "<katholi",
        "<evangelisch",
        "<jüdisch",
        "<jude>",
        "<kirche",
        "<moschee",
        "<synagoge",
        "<gläubig",
        "<hindu",
        "<buddhis",
        "<ramadan",
        "<zeugen jehovas",
        "<parteimitglied",
    ),
    unions=(
        "<dgb>",
        "<ig bau",
        "<ig bce",
        "<personalrat",
        "<gewerkschaft",
        "<verdi>",
        "<ver.di",
        "<ig metall",
        "<betriebsrat",
    ),
    sexual_life=(
        "<schwul",
        "<homosex",
        "<lesbi",
        "<bisex",
        "<transgender",
        "<sexuell",
        "<queer",
    ),
    crime=(
        "<gefängnis",
        "<verurteil",
        "<vorbestraft",
        "<vorstrafe",
        "<strafanzeige",
        "<anzeige erstattet",
        "<verdächtig",
        "<diebstahl",
        "<betrug",
        "<verhaftet",
        "<bewährung",
        "<haftstrafe",
        "<körperverletzung",
    ),
)

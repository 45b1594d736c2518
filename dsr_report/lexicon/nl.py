"""Dutch."""

from __future__ import annotations

from dsr_report.lexicon.words import Lexicon

LEXICON = Lexicon(
    yes=("ja", "waar", "aan"),
    no=("nee", "onwaar", "uit"),
    passwords=(
        "wachtwoord",
        "wachtwoorden",
        "paswoord",
        "wachtwrd",
        "wachtzin",
        "pincode",
        "pin code",
        "pinnummer",
        "ww",
    ),
    access_codes=(
        "meisjesnaam moeder",
        "toegangscode",
        "inlogcode",
        "verificatiecode",
        "bevestigingscode",
        "activatiecode",
        "activeringscode",
        "beveiligingscode",
        "authenticatiecode",
        "herstelcode",
        "herstelcodes",
        "reservecode",
        "resetcode",
        "ontgrendelcode",
        "eenmalige code",
        "eenmalige codes",
        "eenmalig wachtwoord",
        "sms code",
        "geheim",
        "geheime code",
        "geheimcode",
        "geheime antwoord",
        "geheim antwoord",
        "antwoord op geheime vraag",
        "antwoord geheime vraag",
        "antwoord beveiligingsvraag",
        "tancode",
    ),
    keys=(
        "api sleutel",
        "toegangssleutel",
        "geheime sleutel",
        "prive sleutel",
        "privésleutel",
        "sessiesleutel",
        "beveiligingssleutel",
        "token",
        "tokens",
        "toegangstoken",
    ),
    given_names=("voor naam", "voornamen", "roepnaam"),
    infixes=("tussen voegsel", "tussen voegsels"),
    family_names=("achter naam", "familienaam"),
    whole_names=("naam", "volledige naam"),
    names=("naam",),
    notes=("notitie", "notities", "opmerking", "opmerkingen", "intern", "interne"),
    special_categories=(
        *("gezondheid", "religi", "geloof", "etnisch", "herkomst etn", "politiek", "vakbond", "seksu"),
        *("biometri", "genetisch", "allerg", "handicap", "beperking", "dieet", "strafblad"),
    ),
    other_people=(
        *("partner", "echtgeno", "vriend", "kind", "ouder", "aanbrenger", "cadeau", "collega", "werkgever"),
        *("noodcontact",),
    ),
    unsubscribing=("afmeld", "uitschrij"),
    leaving=(),
    web_version=(
        *("web versi", "online versi", "bekijk … online", "bekijk … browser", "lees … online"),
        *("lees … browser", "in je browser", "in uw browser", "in de browser"),
        *("in je webbrowser", "in uw webbrowser", "in de webbrowser"),
    ),
    personal_pages=(
        *("voorkeur", "profiel", "mijn", "enquête", "doorsturen", "wachtwoord", "inlog", "bevestig"),
    ),
    shared_mailboxes=("gezin", "familie", "kantoor"),
    sessions=("sessie", "sessies", "sessie id", "sessienummer"),
    credentials=("autorisatie", "cookie", "cookies", "inloggegevens", "toegangsgegevens", "aanmeldgegevens"),
    likely_keys=(
        "sleutel",
        "sleutelcode",
        "klantsleutel",
        "inlogsleutel",
        "deelsleutel",
        "handtekening",
        "automatisch inloggen",
        "blijf ingelogd",
        "ingelogd blijven",
        "controlegetal",
    ),
    secret_questions=(
        "geheime vraag",
        "beveiligingsvraag",
        "controlevraag",
        "herstelvraag",
    ),
    logins=(
        "inloggegevens",
        "inlog",
        "inlognaam",
        "aanmeldgegevens",
        "toegangsgegevens",
        "accountgegevens",
        "gebruikersnaam",
        "gebruiker",
    ),
    answers=(
        "antwoord",
        "antwoorden",
    ),
    discounts=(
        "korting",
        "actiecode",
        "waardebon",
        "afrekenen",
        "winkelmand",
        "voordeel",
    ),
    entering=(
        "gebruik",
        "voer",
        "vul",
        "typ",
        "toets",
    ),
    codes=(
        "code",
        "codes",
    ),
    key_links=(
        "in te loggen",
        "afmeld",
        "afmelden",
        "uitschrijf",
        "uitschrijven",
        "inlog",
        "inloggen",
        "aanmeld",
        "wachtwoord",
        "herstel",
        "activatie",
        "activeer",
        "bevestig",
        "bevestiging",
        "verificatie",
        "uitnodiging",
        "magische",
    ),
    addresses_of_pages=("link", "links", "koppeling", "webadres"),
    beside_a_key=(
        "nummer",
        "nr",
        "waarde",
        "waarden",
        "gebruiker",
        "mijn",
        "uw",
        "uwe",
        "je",
        "jouw",
        "huidige",
        "laatste",
        "nieuw",
        "nieuwe",
        "oud",
        "oude",
        "account",
        "klant",
        "van",
        "de",
        "het",
    ),
    no_key=(
        "hint",
        "hulp",
        "geheugensteun",
        "geheugensteuntje",
        "heeft",
        "herinnering",
        "vraag",
        "gewijzigd",
        "gewijzigd op",
        "wijziging",
        "wijzigingsdatum",
        "aangepast",
        "bijgewerkt",
        "aangemaakt",
        "datum",
        "tijd",
        "tijdstip",
        "verloopt",
        "verlopen",
        "vervaldatum",
        "vervalt",
        "lengte",
        "sterkte",
        "beleid",
        "eisen",
        "regels",
        "aantal",
        "pogingen",
        "poging",
        "vergeten",
        "korting",
        "kortingscode",
        "kortings",
        "actiecode",
        "actie",
        "cadeau",
        "cadeaucode",
        "cadeaubon",
        "bon",
        "waardebon",
        "postcode",
        "landcode",
        "taalcode",
        "foutcode",
        "productcode",
        "toestemming",
        "voorkeur",
        "voorkeuren",
        "geaccepteerd",
        "duur",
        "beveiligd",
        "verplicht",
        "aangevraagd",
    ),
    no_key_after=(
        "soort",
        "geldig",
        "actief",
        "ingesteld",
        "ingeschakeld",
        "status",
        "verplicht",
        "op",
        "begin",
        "start",
        "einde",
        "naam",
        "titel",
        "omschrijving",
        "versie",
        "gebruikt",
        "veld",
        "instelling",
        "instellingen",
    ),
    names_of_names=(
        "naam",
        "vraag",
        "veld",
        "veldnaam",
        "titel",
        "label",
        "kop",
        "omschrijving",
        "kenmerk",
        "eigenschap",
        "sleutel",
    ),
    names_of_values=(
        "waarde",
        "waarden",
        "antwoord",
        "antwoorden",
        "inhoud",
        "gegevens",
        "tekst",
        "invoer",
        "oud",
        "nieuw",
        "oude waarde",
        "nieuwe waarde",
        "huidig",
        "vorige",
        "voor",
        "na",
    ),
    no_answers=("ja", "nee", "geen", "onbekend", "aan", "uit", "nooit", "altijd", "nvt", "n.v.t."),
    fields_of_people=(
        "email",
        "e mail",
        "mail",
        "emailadres",
        "mailadres",
        "adres",
        "telefoon",
        "telefoonnummer",
        "mobiel",
        "tel",
        "gsm",
        "naam",
        "voornaam",
        "achternaam",
        "klantnummer",
        "relatienummer",
        "lidnummer",
        "geboortedatum",
        "plaats",
        "straat",
        "postcode",
        "gebruiker",
        "gebruikersnaam",
        "rekeningnummer",
    ),
    # people in texts
    relations=tuple(
        (
            "contact noodcontact contactpersoon vervanger vervangster plaatsvervanger waarnemer "
            "bewindvoerder curator voogd advocaat notaris begunstigde ontvanger huurder schoonouders "
            "grootouders ouder mantelzorgster verzorger verzorgster stiefzus stiefbroer petekind "
            "zus zusje zuster broer broertje moeder mama mam vader papa ouders oma opa grootmoeder "
            "grootvader tante oom nicht neef dochter dochtertje zoon zoontje kind kleindochter "
            "kleinzoon vrouw echtgenote echtgenoot man partner vriend vriendin verloofde ex "
            "schoonmoeder schoonvader schoonzus schoonbroer schoonzoon schoondochter stiefmoeder "
            "stiefvader stiefzoon stiefdochter buurman buurvrouw buren buur collega leidinggevende "
            "baas chef werkgever huisgenoot huisgenote huisarts mantelzorger begeleider "
            "begeleidster juf meester coach oppas weduwe weduwnaar peter meter kameraad medewerker "
            "medewerkster kennis"
        ).split()
    ),
    titles=tuple(("mevrouw mevr mw meneer mijnheer dhr heer juffrouw drs ir ing prof dokter").split()),
    greetings=tuple(("beste geachte lieve hallo hoi dag").split()),
    closings=(
        "warme groet",
        "warme groeten",
        "lieve groet",
        "lieve groetjes",
        "vriendelijk groetend",
        "met groet",
        "gr.",
        "gr",
        "knuffel",
        "fijne dag",
        "groet",
        "groeten",
        "groetjes",
        "met vriendelijke groet",
        "met vriendelijke groeten",
        "mvg",
        "vriendelijke groet",
        "vriendelijke groeten",
        "hartelijke groet",
        "hartelijke groeten",
        "liefs",
        "hoogachtend",
        "namens",
    ),
    naming=tuple(("heet genaamd is was van mij namelijk en dat de het").split()),
    possessives=tuple(("mijn m'n zijn haar hun ons onze jouw je uw").split()),
    families=("familie", "fam", "gezin", "echtpaar"),
    writing=("schreef", "schrijft"),
    weak_infixes=("in", "op", "aan", "bij"),
    post_boxes=("postbus",),
    firms=("albert heijn", "jan linders", "douwe egberts", "hugo boss"),
    conjunctions=("en",),
    name_infixes=tuple(("van der den de het ten ter te 't ’t in op aan bij el al").split()),
    quoting=tuple(("van aan cc schreef").split()),
    articles=("een", "de"),
    determiners=tuple(("de het een dit deze elke iedere geen").split()),
    function_words=tuple(
        (
            "de het een en ik niet van is dat op met voor zijn mijn te bij naar heb wil graag ook "
            "maar aan uw jullie"
        ).split()
    ),
    first_names=tuple(
        (
            "aad aafke aagje ab abdel adriaan agnes albert aletta alexander alice alida amber amira "
            "andré anja anke ankie anita anne annelies annemarie annemiek annet annette annie anouk "
            "antoon arend ariane arie arjan arjen arno arnold arthur astrid aukje aylin babette "
            "barbara bas beatrijs ben bernard bert berta bertus bianca bjorn bo boudewijn brecht "
            "carla carolien caroline catharina cees chantal charlotte chris christa christiaan "
            "christine claudia coby cor cora corrie corine cornelis daniël daniëlle daphne dave david "
            "debbie denise dennis desi desiree diana diederik dieuwke dick dina dolf dominique dorien "
            "dorine ed eddy edith edwin eefje eelco egbert elena elise elisabeth elke ella ellen elly "
            "elsbeth emiel emmy ernst erwin esmee eugène eveline evert evert-jan fabienne famke fenna "
            "ferdinand floris floortje frank frans freek frederik frits gea geertje geertruida "
            "geke gemma gerben gerda gerrie gerrit gertjan gerwin ger gonnie greetje guus hafid hanna "
            "hanneke hannie hans-peter harm harmen harriet harrie harry hein heleen helena helma "
            "hendrik hendrika henny henriëtte herman hidde hilbrand hilda huub ida ien ilona ilonka "
            "ina ine inge ingeborg irene iris isa isabel ivo jack jacob jacqueline jacques jan-willem "
            "janneke jannie jantje jasmijn jasper jeanette jeannette jef jelmer jennifer jesse "
            "jessica joep johanna johannes jolanda jolien jordy joris jos josé josephine jordi "
            "judith julie jurgen jurriaan justin kaat karel karlijn katja kevin kim klaas koenraad "
            "koos kristel laura lenie leni lena leo leon leonie lia lieke lien liesbeth lina "
            "loes lotje louis louise luuk lydia maaike machteld madelon maikel manon marcel marco "
            "margreet margriet marian marianne mariëlle marije marijke marika marike marina marion "
            "marius marleen marloes martijn martin martine mathijs matthijs maud maurits max mees "
            "melanie menno merel michael michel michiel mieke mien miranda mirjam mustafa naima nadia "
            "nathalie nelleke nel nico nicole nienke niek nina noud olaf olga onno paul paula pauline "
            "peggy philip pien pim pleun rachel rachid ralf ramon raymond rebecca reinier remco remi "
            "renate rené renee renske rianne rick riet rinus rita rob robbert robert robin roel "
            "roelof rogier roland rolf romy ronald rosalie rosemarie rudolf ruud ruth sabine sacha "
            "saskia sebastiaan selma serge sharon siem siebe sien simone sjaak sjaan sjef sjors sofie "
            "sonja stan stefan stefanie stephan steven suzanne sven sylvia tamara tanja teun teunis "
            "theo thea theodora thijmen thomas tineke tinus tjeerd tobias ton tonnie toon trees "
            "trijntje trudy tristan ulrike valerie vera victor vincent walter wessel wil wilbert "
            "wilhelmina willeke wilfried willy winnie wiebe wietske wijnand yolanda yannick yvette "
            "yvonne zeynep "
            "jan piet kees henk ilse els anna maria sanne lisa emma sophie julia lotte fleur eva "
            "noor tess femke marieke anneke wilma ria ans joke truus marja monique petra sandra "
            "esther linda ingrid karin wendy daan sem lucas levi finn bram thijs lars tim tom "
            "jeroen mark erik peter hans johan willem gerard jaap dirk bart koen wouter pieter "
            "joost maarten sjoerd gijs ruben stijn jelle niels rik luc marc geert wim guy ann "
            "griet lieve katrien hilde fatima mohammed ahmed youssef samira"
        ).split()
    ),
    no_people=tuple(
        (
            "kantoor notariskantoor beheerder vve praktijk visa mastercard paypal amazon ikea kleur "
            "maat lamp tafel stoel keuken badkamer tuin kamer stijl ziekenhuis school kerk rolgordijn "
            "gordijn ma di wo do vr za zo jan feb mrt apr jun jul aug sep okt nov dec "
            "bezorginstructie cadeau tekst noodcontact mobiel tel "
            "januari februari maart april mei juni juli augustus september oktober november "
            "december maandag dinsdag woensdag donderdag vrijdag zaterdag zondag kerst kerstmis "
            "pasen pinksteren sinterklaas koningsdag nederland belgië duitsland frankrijk europa "
            "amsterdam rotterdam utrecht groningen haarlem eindhoven tilburg breda nijmegen arnhem "
            "maastricht antwerpen gent brugge brussel leuven mechelen den haag ik je jij hij zij "
            "ze wij we jullie u het de een mijn onze dit dat die deze er hier daar nu dan toen als "
            "wat wie waar wanneer waarom hoe welke geen niet ja nee ook maar en of want dus graag "
            "bedankt dank hallo hoi dag beste geachte lieve met voor van op in bij naar door uit "
            "over na tot om te kan kunt kunnen wil wilt willen zou heb hebt heeft hebben had is "
            "ben was waren wordt worden vraag klant klantenservice service team bel mail stuur "
            "vandaag gisteren morgen helaas misschien alles iets niets prima goed goede mooi mooie "
            "leuk leuke hele heel nieuwe oude grote kleine rode blauwe groene witte zwarte "
            "bestelling factuur levering order winkel webshop webwinkel nieuwsbrief bv nv vof "
            "stichting vereniging gemeente afdeling klantnummer ordernummer moederdag vaderdag "
            "heer heren dames mevrouw meneer via volgens sinds tijdens onder "
            "verzonden onderwerp aan datum excellent sorry tevreden"
        ).split()
    ),
    street_ends=tuple(
        (
            "straat laan weg plein gracht kade dijk singel hof dreef steenweg lei plantsoen baan "
            "park pad markt"
        ).split()
    ),
    street_links=(),
    street_words=("straat",),
    health=(
        "<migraine",
        "<artrose",
        "<artritis",
        "<reuma",
        "<fibromyalg",
        "<hepatitis",
        "<crohn",
        "<corona-besmet",
        "<covid",
        "<eetstoornis",
        "<angststoornis",
        "<ptss>",
        "<paniekaanval",
        "<onvruchtbaar",
        "<abortus",
        "<pacemaker",
        "<hartfalen",
        "<hartpatiënt",
        "<insuline",
        "<heupprothes",
        "<nieuwe heup",
        "<nieuwe knie",
        "<hoge bloeddruk",
        "<overdosis",
        "<gebroken been",
        "<gebroken arm",
        "<gebroken heup",
        "<verpleeghuis",
        "<verzorgingshuis",
        "<hoorapparaat",
        "<gehoorapparaat",
        "<dyslexi",
        "<syndroom van down",
        "<taaislijmziekte",
        "<nierfalen",
        "<slaapapneu",
        "<bedlegerig",
        "<geopereerd",
        "<arbeidsongeschikt",
        "<mantelzorg",
        "<slechtziend",
        "<slechthorend",
        "<is blind",
        "<ben blind",
        "<wordt blind",
        "<blindengeleide",
        "<zwangerschap",
        "<zenuwinzinking",
        "<schizofre",
        "<bipolair",
        "<anorexi",
        "<parkinson",
        "<multiple sclerose",
        "<palliatief",
        "<hospice",
        "<dialyse",
        "<transplant",
        "<tumor",
        "<leukemie",
        "<ziektewet",
        "<rollator",
        "<in behandeling bij",
        "<ivf>",
        "<kanker",
        "<ziek",
        "<depress",
        "<burn-out",
        "<burnout",
        "<diabet",
        "<chemo",
        "<operatie",
        "<ziekenhuis",
        "<zwanger",
        "<allerg",
        "<handicap",
        "<gehandicapt",
        "<rolstoel",
        "<dement",
        "<alzheimer",
        "<hiv>",
        "<psych",
        "<medicijn",
        "<hartaanval",
        "<beroerte",
        "<miskraam",
        "<astma",
        "<epilep",
        "<overspannen",
        "<verslaafd",
        "<verslaving",
        "<doof>",
        "<autis",
        "<adhd>",
        "<revalid",
    ),
    belief=(
        "<sikh>",
        "<rabbijn",
        "<imam>",
        "<mormoon",
        "<doopsgezind",
        "<remonstrant",
        "<belijdenis",
        "<communie",
        "<moslim",
        "<islam",
        "<christen",
        "<katholi",
        "<protestant",
        "<joods",
        "<kerk>",
        "<moskee",
        "<synagoge",
        "<gelovig",
        "<hindoe",
        "<boeddhis",
        "<ramadan",
        "<jehova",
        "<gereformeerd",
        "<partijlid",
    ),
    unions=(
        "<vakbonds",
        "<stakingsuitkering",
        "<stakingskas",
        "<aclvb>",
        "<cgslb>",
        "<ondernemingsraad",
        "<vakbond",
        "<vakvereniging",
        "<fnv>",
        "<cnv>",
        "<acv>",
        "<abvv>",
    ),
    sexual_life=(
        "<genderidentiteit",
        "<zelfde geslacht",
        "<transseksueel",
        "<intersekse",
        "<homo>",
        "<homosek",
        "<lesbi",
        "<bisek",
        "<transgender",
        "<seksu",
        "<geaardheid",
    ),
    crime=(
        "<inbraak>",
        "<inbreker",
        "<contactverbod",
        "<enkelband",
        "<rechtszaak",
        "<rechtszitting",
        "<rijden onder invloed",
        "<winkeldief",
        "<voorwaardelijke straf",
        "<proces-verbaal",
        "<gevangenis",
        "<veroordeeld",
        "<strafblad",
        "<aangifte",
        "<verdacht",
        "<diefstal",
        "<fraude",
        "<gearresteerd",
        "<reclassering",
        "<taakstraf",
        "<mishandel",
    ),
)

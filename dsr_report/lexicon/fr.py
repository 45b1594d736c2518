"""French."""

from __future__ import annotations

from dsr_report.lexicon.words import Lexicon

LEXICON = Lexicon(
    yes=("oui", "vrai"),
    no=("non", "faux"),
    passwords=(
        "mot de passe",
        "mots de passe",
        "mdp",
        "motdepasse",
        "code pin",
        "phrase secrète",
        "phrase de passe",
    ),
    access_codes=(
        "nom de jeune fille de la mère",
        "code confidentiel",
        "code d'accès",
        "code accès",
        "code de connexion",
        "code de vérification",
        "code vérification",
        "code de confirmation",
        "code d'activation",
        "code activation",
        "code de sécurité",
        "code sécurité",
        "code d'authentification",
        "code de récupération",
        "codes de récupération",
        "code de secours",
        "codes de secours",
        "code de réinitialisation",
        "code à usage unique",
        "code unique",
        "code sms",
        "code secret",
        "réponse secrète",
        "réponse à la question secrète",
        "réponse de sécurité",
        "secret",
    ),
    keys=(
        "clé api",
        "clé d'api",
        "clé d'accès",
        "clé secrète",
        "clé privée",
        "clé de session",
        "clé de sécurité",
        "jeton",
        "jetons",
        "jeton d'accès",
    ),
    given_names=("prénom", "prénoms"),
    infixes=("particule",),
    family_names=("nom", "nom de famille"),
    whole_names=("nom complet",),
    names=("nom",),
    notes=("commentaire", "remarque", "note interne", "interne"),
    special_categories=(
        *("santé", "religi", "ethni", "politique", "syndicat", "sexu", "biométri", "génétique", "allerg"),
        *("handicap", "casier judiciaire"),
    ),
    other_people=(
        *("partenaire", "conjoint", "épous", "époux", "<ami>", "<amis>", "<amie>", "<amies>", "enfant"),
        *("parent", "parrain", "cadeau", "collègue", "employeur"),
    ),
    unsubscribing=("désabonn", "dés inscri"),
    leaving=(),
    web_version=(
        *("version en ligne", "dans votre navigateur", "dans le navigateur", "dans un navigateur"),
        *("avec votre navigateur", "avec le navigateur", "avec un navigateur"),
    ),
    personal_pages=(
        *("préféren", "profil", "mon compte", "enquête", "sondage", "transférer", "mot de passe"),
        *("connexion", "confirm"),
    ),
    shared_mailboxes=("famille",),
    typesetting=(
        ("'", "’"),
        ("[ \u00a0](?=[:»])", "\u00a0"),
        ("(?<=«)[ \u00a0]", "\u00a0"),
        ("[ \u00a0](?=[;!?])", "\u202f"),
    ),
    street_order="number word name",
    sessions=("session", "sessions", "id de session", "identifiant de session", "numéro de session"),
    credentials=(
        "autorisation",
        "cookie",
        "cookies",
        "données de connexion",
        "données d'accès",
        "identifiants",
        "identifiants de connexion",
    ),
    likely_keys=(
        "clé",
        "clef",
        "clé client",
        "signature",
        "connexion automatique",
        "rester connecté",
        "sel",
    ),
    secret_questions=(
        "question secrète",
        "question de sécurité",
        "question de récupération",
    ),
    logins=(
        "identifiants",
        "identifiant",
        "connexion",
        "codes d'accès",
        "accès",
        "nom d'utilisateur",
        "utilisateur",
    ),
    answers=(
        "réponse",
        "réponses",
    ),
    discounts=(
        "réduction",
        "remise",
        "promo",
        "bon d'achat",
        "panier",
        "caisse",
    ),
    entering=(
        "saisissez",
        "entrez",
        "utilisez",
        "tapez",
        "indiquez",
        "saisir",
        "entrer",
    ),
    codes=(
        "code",
        "codes",
    ),
    key_links=(
        "connecter",
        "désabonn",
        "désabonnement",
        "désinscri",
        "désinscription",
        "connexion",
        "mot de passe",
        "réinitialis",
        "réinitialisation",
        "activation",
        "activer",
        "vérification",
        "confirmation",
        "confirmer",
        "invitation",
    ),
    addresses_of_pages=("lien", "liens", "url"),
    beside_a_key=(
        "identifiant",
        "valeur",
        "valeurs",
        "numéro",
        "utilisateur",
        "mon",
        "votre",
        "vos",
        "ton",
        "actuel",
        "actuelle",
        "dernier",
        "dernière",
        "nouveau",
        "nouvelle",
        "ancien",
        "ancienne",
        "compte",
        "client",
        "de",
        "du",
        "la",
        "le",
        "d",
    ),
    no_key=(
        "indice",
        "aide",
        "rappel",
        "question",
        "modifié",
        "modification",
        "changé",
        "changement",
        "mis à jour",
        "créé",
        "date",
        "heure",
        "expire",
        "expiré",
        "expiration",
        "longueur",
        "force",
        "robustesse",
        "politique",
        "règle",
        "règles",
        "nombre",
        "tentative",
        "tentatives",
        "essais",
        "oublié",
        "oubli",
        "remise",
        "code de réduction",
        "réduction",
        "code promo",
        "promo",
        "bon",
        "code cadeau",
        "cadeau",
        "code postal",
        "code pays",
        "code langue",
        "code erreur",
        "code produit",
        "consentement",
        "préférence",
        "préférences",
        "accepté",
        "acceptés",
        "durée",
        "protégé",
        "demandé",
    ),
    no_key_after=(
        "type",
        "valide",
        "actif",
        "active",
        "activé",
        "défini",
        "statut",
        "requis",
        "obligatoire",
        "le",
        "début",
        "fin",
        "nom",
        "titre",
        "version",
        "utilisé",
        "champ",
    ),
    names_of_names=(
        "nom",
        "question",
        "champ",
        "titre",
        "libellé",
        "intitulé",
        "propriété",
        "attribut",
        "clé",
        "étiquette",
    ),
    names_of_values=(
        "valeur",
        "valeurs",
        "réponse",
        "réponses",
        "contenu",
        "données",
        "texte",
        "saisie",
        "ancien",
        "nouveau",
        "ancienne valeur",
        "nouvelle valeur",
        "actuel",
        "avant",
        "après",
    ),
    no_answers=("oui", "non", "aucun", "aucune", "inconnu", "jamais", "toujours", "sans objet"),
    fields_of_people=(
        "email",
        "e mail",
        "mail",
        "courriel",
        "adresse",
        "téléphone",
        "portable",
        "mobile",
        "tél",
        "nom",
        "prénom",
        "nom de famille",
        "numéro client",
        "numéro de client",
        "date de naissance",
        "naissance",
        "ville",
        "rue",
        "code postal",
        "utilisateur",
        "nom d'utilisateur",
        "identifiant",
    ),
    # people in texts
    relations=tuple(
        (
            "contact remplaçant remplaçante suppléant suppléante tuteur tutrice curateur curatrice "
            "avocat avocate maître notaire bénéficiaire destinataire locataire beaux-parents "
            "grands- parents employé employée demi-frère demi-sœur filleul filleule nounou aidant "
            "aidante sœur soeur frère mère maman père papa grand-mère grand-père mamie papi tante "
            "oncle nièce neveu cousin cousine fille fils enfant petite-fille petit-fils femme "
            "épouse mari époux conjoint conjointe compagnon compagne ami amie copain copine fiancé "
            "fiancée belle-mère beau-père belle-sœur belle-soeur beau-frère gendre belle-fille "
            "beau-fils voisin voisine voisins collègue patron patronne chef employeur colocataire "
            "médecin infirmière instituteur institutrice prof parrain marraine veuve veuf "
            "responsable assistante assistant propriétaire"
        ).split()
    ),
    titles=tuple(("madame mme mademoiselle mlle monsieur mr m. maître me docteur dr").split()),
    greetings=tuple(("bonjour cher chère chers bonsoir salut").split()),
    closings=(
        "amitiés",
        "bien amicalement",
        "sincères amitiés",
        "très cordialement",
        "bonne journée",
        "bonne réception",
        "cdlt",
        "cdt",
        "bisous",
        "cordialement",
        "bien cordialement",
        "bien à vous",
        "salutations",
        "meilleures salutations",
        "sincères salutations",
        "amicalement",
        "bises",
        "sincèrement",
        "respectueusement",
    ),
    naming=tuple(
        (
            "s'appelle appelle appelé appelée nommé nommée prénommée prénommé est c'est qui se et à savoir"
        ).split()
    ),
    possessives=tuple(("mon ma mes son sa ses notre nos leur leurs votre vos ton ta tes").split()),
    families=("famille", "époux"),
    writing=("écrit",),
    weak_infixes=(),
    post_boxes=("bp", "b.p.", "boîte postale"),
    firms=("yves rocher", "louis vuitton", "leroy merlin", "art déco", "art nouveau"),
    conjunctions=("et",),
    name_infixes=tuple(("de du des la le d' van der").split()),
    quoting=tuple(("de à cc écrit").split()),
    articles=("une",),
    function_words=tuple(
        (
            "le la les un une et je ne pas de est que pour avec mon ma mes vous nous dans sur au "
            "du des j'ai ce"
        ).split()
    ),
    first_names=tuple(
        (
            "adèle adrien agathe agnès aïcha alexandra alexandre alexis aline alix amandine "
            "anaïs andré angélique anne annick annie antoinette arlette armand arnaud audrey aurore "
            "axel axelle baptiste bastien béatrice benjamin bénédicte bertrand blandine bruno "
            "caroline cécile cédric charles charlotte christelle christian christiane christine clara "
            "clément clémence clothilde colette coralie corentin corinne cyril damien daniel danielle "
            "daphné delphine denis denise didier dominique dorothée édith édouard éléonore éliane "
            "élisabeth élise éloïse emmanuel emmanuelle enzo éric ernest estelle esther étienne "
            "eugène eva évelyne fabien fabienne fabrice fanny fatima fatou félix fernand flavie "
            "florence florent florian francine francis françois franck gaël gaëlle gaston geneviève "
            "georges georgette germaine ghislaine gilbert gilles ginette guy gwenaëlle henri "
            "henriette hervé hubert huguette ibrahim irène ivan jacqueline jacques janine jean- "
            "claude jean-luc jean-marc jean-marie jean-paul jean-pierre jérémy jérôme jessica joëlle "
            "jocelyne joël jonathan joseph josette josiane juliette justine karine kévin khadija "
            "laetitia lætitia laure laurence léo léon léonie liliane lionel lise loïc lola lucie "
            "lucien lucienne ludovic lydie madeleine magali malik marc marc-antoine marcel marguerite "
            "marie-claude marie-france marie-christine marianne marielle marion marius marlène "
            "maryse mathilde maud maurice maxime mélanie mélissa micheline michèle mickaël mireille "
            "mohamed morgane muriel myriam nadège nadine nathan nelly nicole ninon noah noël noémie "
            "norbert océane odette odile ophélie pascal pascale patrice patricia paulette pauline "
            "perrine philippine pierrette quentin raphaël raymond raymonde régine régis rémi rené "
            "renée richard robert robin roger roland romain romuald rosalie roxane sabine "
            "sabrina salomé samuel sandra serge séverine simon simone solange solène stéphane suzanne "
            "sylvain sylviane tanguy théo théodore théophile thibault thibaut tiphaine tristan "
            "valentin valentine vanessa victor vincent viviane xavier yann yannick yasmine "
            "yolande yvan yvette yvonne zoé "
            "jean pierre michel philippe alain patrick nicolas christophe laurent julien thomas "
            "david frédéric olivier sébastien antoine guillaume mathieu hugo louis gabriel arthur "
            "jules adam lucas luc paul marie nathalie isabelle sylvie catherine françoise martine "
            "monique claire julie sophie céline aurélie camille léa manon chloé emma louise alice "
            "jeanne inès sarah amélie émilie valérie véronique sandrine stéphanie brigitte chantal "
            "nadia karim mehdi rachid benoît thierry gérard bernard yves hélène élodie"
        ).split()
    ),
    no_people=tuple(
        (
            "cabinet étude notariat syndic résidence immeuble syndicat association partenaires visa "
            "mastercard paypal amazon ikea couleur taille lampe table chaise cuisine salle jardin art "
            "style hôpital clinique école lun mar mer jeu ven sam dim janv févr avr juil sept déc "
            "port tél consigne cadeau remarque galeries "
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre "
            "lundi mardi mercredi jeudi vendredi samedi dimanche noël pâques france belgique "
            "suisse allemagne paris lyon marseille toulouse nice nantes strasbourg bordeaux lille "
            "bruxelles liège namur charleroi je tu il elle nous vous ils elles on le la les un une "
            "ce cette ces mon ma mes ici alors quand que qui où comment pourquoi quel quelle pas "
            "oui non aussi mais et ou car donc merci bonjour bonsoir salut cher chère avec pour de "
            "sur dans chez par en au aux à du des très bien bon bonne nouveau nouvelle grand "
            "petite petit commande facture livraison magasin boutique newsletter sarl sas sa "
            "société ville service client clients équipe madame monsieur messieurs numéro rue "
            "avenue boulevard place envoyé objet date hier demain malheureusement est j'ai c'est "
            "votre notre selon depuis pendant après avant saint sainte cordialement appelez "
            "écrivez si tout produit"
        ).split()
    ),
    street_ends=(),
    street_links=("de", "du", "des", "la", "le", "les", "l’", "d’"),
    street_words=tuple(
        (
            "rue avenue av. boulevard bd place chemin allée impasse quai route square cours faubourg passage"
        ).split()
    ),
    health=(
        "<malvoyant",
        "<malentendant",
        "<aveugle",
        "<congé maternité",
        "<congé de maternité",
        "<arrêt maladie",
        "<schizophrèn",
        "<bipolaire",
        "<anorexi",
        "<parkinson",
        "<sclérose en plaques",
        "<soins palliatifs",
        "<dialyse",
        "<greffe d",
        "<tumeur",
        "<leucémi",
        "<invalidité",
        "<grossesse",
        "<fiv>",
        "<hospice",
        "<cancer",
        "<malad",
        "<dépress",
        "<burn-out",
        "<burnout",
        "<diabét",
        "<diabète",
        "<chimio",
        "<hôpital",
        "<hospitalis",
        "<enceinte>",
        "<allerg",
        "<handicap",
        "<fauteuil roulant",
        "<démence",
        "<alzheimer",
        "<vih>",
        "<psychiatr",
        "<psycholog",
        "<médicament",
        "<infarctus",
        "<avc>",
        "<fausse couche",
        "<asthm",
        "<épilep",
        "<alcoolique",
        "<toxicoman",
        "<autis",
        "<opération",
        "<opéré",
    ),
    belief=(
        "<musulman",
        "<islam",
        "<chrétien",
        "<catholique",
        "<protestant",
        "<juif>",
        "<juive",
        "<église",
        "<mosquée",
        "<synagogue",
        "<croyant",
        "<hindou",
        "<bouddhis",
        "<ramadan",
        "<témoin de jéhovah",
        "<témoins de jéhovah",
    ),
    unions=(
        "<force ouvrière",
        "<unsa>",
        "<cftc>",
        "<cfe-cgc>",
        "<fgtb>",
        "<syndicat",
        "<syndiqu",
        "<cgt>",
        "<cfdt>",
        "<délégué syndical",
        "<déléguée syndicale",
    ),
    sexual_life=(
        "<homosex",
        "<lesbien",
        "<bisex",
        "<transgenre",
        "<sexuel",
        "<orientation sexuelle",
        "<gay>",
    ),
    crime=(
        "<prison>",
        "<condamn",
        "<casier judiciaire",
        "<plainte contre",
        "<soupçonn",
        "<vol à",
        "<escroquerie",
        "<fraude",
        "<arrêté par",
        "<garde à vue",
        "<détention",
        "<agress",
    ),
)

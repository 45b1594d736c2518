"""Names of keys are known in every language and spelling, and what only sounds like one is none."""

import pytest

from dsr_report.redact.key_names import key_name

KEYS = """
password Wachtwoord nieuw_wachtwoord passwordConfirmation wachtwoord2 pincode PIN pin_code
password_hash user[password] Passwort Benutzerpasswort Kennwort Passwörter mot_de_passe motDePasse
mdp pwd pass user_pass oudWachtwoord pw secret toegangscode Zugangscode code_d'accès access_code
Bestätigungscode bestaetigungscode otp totp_secret recovery_codes backupCodes herstelcodes
one_time_code eenmaligeCode smscode security_answer Einmalpasswort TAN token refresh_token
loginToken accessToken id_token jwt csrf X-CSRF-Token X-Amz-Security-Token X-Api-Key clé_API
api_schluessel API-Schlüssel privateKey ssh_private_key client_secret aws_secret_access_key
geheimeSleutel jeton sessionId PHPSESSID ASP.NET_SessionId Sitzungs-ID sessie_id
identifiant_de_session session_token cookie Cookie Set-Cookie Authorization Proxy-Authorization
Zugriffstoken remember_token unsubscribe_url afmeldlink loginLink magic_link wachtwoord_reset_link
lien_de_désabonnement Abmeldelink
""".split()
PHRASES = [
    "Uw wachtwoord", "Kies een wachtwoord", "Vul hier uw wachtwoord in", "Répétez le mot de passe",
    "Code d’accès", "Ihr neues Passwort", "Wählen Sie ein Passwort", "clé privée", "PIN code",
    "Réponse secrète", "Geheime Antwort", "Choose a password (at least 8 characters)",
]  # fmt: skip
NO_KEYS = """
password_hint wachtwoordhint Passworthinweis indice_mot_de_passe passwordChangedAt
wachtwoord_gewijzigd_op Passwort_geändert_am datum_wachtwoord password_strength passwordPolicy
password_expires has_password forgot_password wachtwoord_vergeten Passwort_vergessen secret_question
geheime_vraag password_attempts discount_code kortingscode Rabattcode code_promo couponCode voucher
Gutscheincode postcode country_code zip_code tokenType token_expires expires_in session_count
session_start sessionName cookie_consent cookies_accepted Email naam key ID type shopping spinning
opinion pinterest compass passport boarding_pass secretary secretaris author authority tandarts
Passagier hoofdpin keyword public_key primary_key client_id website_link profile_url login
last_login loginname email_adres bevestigd_adres training_session
""".split()
SENTENCES = [
    "Wachtwoord vergeten?", "Did you forget your password?", "Hoe vindt u ons wachtwoordbeleid",
    "Date de modification du mot de passe", "Hinweis zum Passwort", "Welke cookies vindt u lekker?",
    "What is your secret to happiness",
]  # fmt: skip


@pytest.mark.parametrize("name", KEYS + PHRASES)
def test_a_name_of_a_key_is_known(name):
    assert key_name(name) is not None


@pytest.mark.parametrize("name", NO_KEYS + SENTENCES)
def test_hints_dates_discounts_and_other_words_are_no_keys(name):
    assert key_name(name) is None

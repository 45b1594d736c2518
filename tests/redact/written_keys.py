"""How keys are written: by names, in texts of letters and programs; and what only looks like one."""

# ruff: noqa: E501 - a way of writing stands on one line

from __future__ import annotations

NAMES = """
senha
sleutel
SESSID
PHPSESSID
signature
salt
login_hash
autologin
autologin_key
contraseña
clave
contrasena
hasło
haslo
salasana
lösenord
losenord
adgangskode
passord
heslo
jelszo
parola
şifre
sifre
пароль
parool
passcode
passwort_hash
pwd_salt
password_salt
remember_token
remember_me
rememberme
auth_hash
user_hash
loginhash
hash_login
cookie_key
ASP.NET_SessionId
JSESSIONID
ci_session
laravel_session
connect.sid
wordpress_logged_in
XSRF-TOKEN
csrfmiddlewaretoken
__RequestVerificationToken
authenticity_token
x-csrf-token
access_token
id_token
refreshToken
oauth_verifier
oauth_token_secret
consumer_key
api-secret
apikey
APIKey
app_key
AWS_SECRET_ACCESS_KEY
aws_access_key_id
DB_PASSWORD
DATABASE_PASSWORD
SECRET_KEY_BASE
encryptionKey
signing_secret
webhook_secret
hmac
hmac_secret
private-key
ssh_private_key
pgp_private_key
totp_seed
otp_secret
2fa_backup_codes
backup_codes
recoveryCodes
magic_link_token
reset_token
password_reset_token
activation_key
verification_token
email_token
confirm_token
invite_token
unsubscribe_token
optout_token
secret_answer
securityAnswer
geheim_antwoord
Antwort auf die Sicherheitsfrage
réponse secrète
mother_maiden_name
security_question_answer
Antwoord op uw geheime vraag
sleutelcode
klantsleutel
toegangssleutel
inlogsleutel
deelsleutel
beveiligingssleutel
Schlüssel
Zugangsschlüssel
Zugriffsschlüssel
clé
clef
clé d'accès
jeton
jeton_csrf
code confidentiel
mot_de_passe_hash
pass_hash
passwd_md5
pw_md5
crypted_password
encrypted_password
salted_hash
hashed_pw
wachtwoordhash
wachtwoord_md5
login_token
login_key
session_key
sessiesleutel
sessionkey
session_token
persistent_token
device_token
push_token
fcm_token
bearer
authtoken
auth_token
X-Auth
security_code
cvc2
pin_hash
pukcode
PUK
iPIN
tan_code
mTAN
smscode
sms_code
verificationCode
otp_code
onetimecode
eenmalige_code
einmalcode
Zugangskennung_passwort
user_pass
userpass
usr_pwd
pwd1
password2
wachtwoord2
herhaal_wachtwoord
repeat_password
new_pass
oldpw
2FA code
Geheimwort
WLAN-Schlüssel
confirm_pw
repeat_pw
""".split("\n")[1:-1]
TEXTS: dict[str, str] = {
    "input unq": "<form><input type=password value={K} name=x></form>",
    "input unq2": "<input type=password name=pw value={K}>",
    "input q": '<input value="{K}" type="password">',
    "input squote": "<input type='password' id='x' value='{K}'/>",
    "input hidden csrf": "<input type=hidden name=_token value={K}>",
    "meta csrf": '<meta name="csrf-token" content="{K}">',
    "php ser": 'a:2:{s:4:"user";s:5:"robin";s:8:"password";s:20:"{K}";}',
    "php ser obj": 'O:4:"User":1:{s:8:"wachtwoord";s:20:"{K}";}',
    "php session": 'user|s:5:"robin";password|s:20:"{K}";',
    "php arr": "array('user' => 'robin', 'password' => '{K}')",
    "php short": "['password' => '{K}']",
    "php var_export": "array (\n  'user' => 'robin',\n  'password' => '{K}',\n)",
    "php print_r": "Array\n(\n    [user] => robin\n    [password] => {K}\n)",
    "php var_dump": 'array(1) {\n  ["password"]=>\n  string(20) "{K}"\n}',
    "php define": "define('DB_PASSWORD', '{K}');",
    "php var": "$password = '{K}';",
    "js": "var password = '{K}';",
    "js obj": "{user: 'robin', password: '{K}'}",
    "js tpl": "const token = `{K}`;",
    "js unq key": 'login({password:"{K}"})',
    "py": "password='{K}'",
    "py dict": "{'user': 'robin', 'password': '{K}'}",
    "py kw": "login(user='robin', password='{K}')",
    "py repr bytes": "{b'password': b'{K}'}",
    "py u": "{u'password': u'{K}'}",
    "py tuple": "[('user', 'robin'), ('password', '{K}')]",
    "ruby": '{"password"=>"{K}"}',
    "ruby sym": '{:user=>"robin", :password=>"{K}"}',
    "perl": "password => '{K}'",
    "curl H": "curl -H 'Authorization: Bearer {K}' https://x.example/",
    "curl H2": 'curl https://x.example -H "X-Api-Key: {K}" -d a=1',
    "curl u": "curl -u robin:{K} https://x.example/",
    "curl user": "curl --user robin:{K} https://x.example/",
    "curl user q": "curl --user 'robin:{K}' https://x.example/",
    "curl d": 'curl -d \'{"password":"{K}"}\' https://x.example/',
    "curl b": "curl -b 'PHPSESSID={K}' https://x.example/",
    "curl oauth2": "curl --oauth2-bearer {K} https://x.example/",
    "wget": "wget --user=robin --password={K} https://x.example/",
    "wget2": "wget --http-password {K} https://x.example/",
    "mysql": "mysql -u robin -p{K} db",
    "mysql long": "mysql --user robin --password {K} db",
    "sshpass": "sshpass -p {K} ssh robin@x.example",
    "cli flag": "tool --api-key {K} --verbose",
    "cli token": "tool --token {K}",
    "cli token eq": "tool --token={K}",
    "ini": "[login]\nuser=robin\npassword={K}\n",
    "ini comment": "; the login\npassword = {K}\n",
    "ini comment2": "# password for ftp\npassword = {K} ; do not tell\n",
    "ini inline": "user = robin ; x\npassword = {K}",
    "env": "APP_ENV=prod\nDB_PASSWORD={K}\nX=1",
    "env q": 'export SECRET_KEY="{K}"',
    "env sq": "SECRET_KEY='{K}'",
    "yaml": "login:\n  user: robin\n  password: {K}\n",
    "yaml q": 'password: "{K}"',
    "yaml list": "- name: password\n  value: {K}\n",
    "yaml block": "password: |\n  {K}\n",
    "yaml flow": "{user: robin, password: {K}}",
    "yaml q key": '"password": {K}',
    "toml": '[a]\npassword = "{K}"',
    "props": "db.password={K}",
    "props2": "spring.datasource.password: {K}",
    "dtdd": "<dl><dt>Wachtwoord</dt><dd>{K}</dd></dl>",
    "dtdd2": "<dl>\n<dt>Uw wachtwoord:</dt>\n<dd><b>{K}</b></dd></dl>",
    "th td": "<table><tr><th>Wachtwoord</th><td>{K}</td></tr></table>",
    "td td": "<table><tr><td>Wachtwoord</td><td>{K}</td></tr></table>",
    "header row": "<table><tr><th>Naam</th><th>Wachtwoord</th></tr><tr><td>Robin</td><td>{K}</td></tr></table>",
    "header row thead": "<table><thead><tr><th>Email</th><th>Passwort</th></tr></thead><tbody><tr><td>r@x.example</td><td>{K}</td></tr></tbody></table>",
    "header row td": "<table><tr><td>Gebruiker</td><td>Wachtwoord</td></tr><tr><td>robin</td><td>{K}</td></tr></table>",
    "label input": '<label>Wachtwoord <input value="{K}"></label>',
    "label for": '<label for="a">Wachtwoord</label><input id="a" value="{K}">',
    "span": "<span>Wachtwoord</span>: <span>{K}</span>",
    "b": "<b>Uw wachtwoord:</b> {K}",
    "strong br": "<strong>Uw wachtwoord</strong><br>{K}",
    "p p": "<p>Uw wachtwoord:</p><p>{K}</p>",
    "h3": "<h3>Uw toegangscode</h3><p>{K}</p>",
    "li": "<li>Wachtwoord: <code>{K}</code></li>",
    "em dash": "API key — {K}",
    "en dash": "API key – {K}",
    "hyphen": "Wachtwoord - {K}",
    "arrow": "Wachtwoord → {K}",
    "arrow2": "password -> {K}",
    "tab": "Wachtwoord\t{K}",
    "spaces": "Wachtwoord      {K}",
    "dots": "Wachtwoord........: {K}",
    "next line": "Ihr Zugangscode:\n{K}",
    "next line2": "Uw wachtwoord is:\n\n{K}\n\nGroet",
    "next line3": "Votre mot de passe :\r\n{K}\r\n",
    "next line indented": "Your password:\n    {K}",
    "your code": "Your code: {K}",
    "uw code": "Uw code: {K}",
    "ihr code": "Ihr Code: {K}",
    "votre code": "Votre code : {K}",
    "your code is": "Your code is {K}.",
    "code is your": "{K} is your code",
    "use code": "Use {K} to log in",
    "gebruik code": "Gebruik code {K} om in te loggen",
    "voer in": "Voer {K} in om uw adres te bevestigen",
    "geben": "Geben Sie {K} ein, um sich anzumelden",
    "saisissez": "Saisissez {K} pour vous connecter",
    "G-code": "G-{K} is your verification code",
    "x-subject": "X-Subject: Uw wachtwoord: {K}",
    "x-subject is": "Subject: Uw wachtwoord is {K}",
    "ics": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDESCRIPTION:Wachtwoord: {K}\\nTot dan\nEND:VEVENT\nEND:VCALENDAR",
    "ics2": "DESCRIPTION:Meeting\\nPasscode: {K}\\nDial in",
    "ics param": "DESCRIPTION;LANGUAGE=nl:Uw wachtwoord: {K}",
    "ics loc": "LOCATION:Zoom (passcode: {K})",
    "vcard note": "NOTE:pin: {K}",
    "zoom": "https://zoom.example/j/123?pwd={K}",
    "paren": "Login (wachtwoord {K})",
    "gebruikersnaam en wachtwoord": "Gebruikersnaam: robin Wachtwoord: {K}",
    "ww": "ww: {K}",
    "ww2": "ww {K}",
    "pw:": "pw: {K}",
    "userinfo": "https://robin:{K}@x.example/a",
    "userinfo ftp": "ftp://robin:{K}@x.example/a",
    "userinfo db": "mysql://robin:{K}@db.example:3306/a",
    "userinfo empty": "redis://:{K}@db.example",
    "userinfo token": "https://{K}@git.example/a.git",
    "dsn": "mysql:host=x;dbname=a;user=robin;password={K}",
    "ado": "Server=x;Database=a;User Id=robin;Password={K};",
    "ado pwd": "Server=x;Uid=robin;Pwd={K};",
    "jdbc": "jdbc:mysql://x/a?user=robin&password={K}",
    "xml attr": '<user name="robin" password="{K}"/>',
    "xml attr sq": "<login wachtwoord='{K}'/>",
    "xml attr unq": "<login wachtwoord={K}>",
    "xml el": "<Password>{K}</Password>",
    "xml ns": "<a:Wachtwoord xmlns:a='x'>{K}</a:Wachtwoord>",
    "xml key/value": '<add key="password" value="{K}"/>',
    "xml entry": '<entry key="password">{K}</entry>',
    "xml string": '<string name="api_key">{K}</string>',
    "plist": "<key>password</key><string>{K}</string>",
    "plist ws": "<dict>\n<key>Wachtwoord</key>\n<string>{K}</string>\n</dict>",
    "xmlrpc": "<member><name>password</name><value><string>{K}</string></value></member>",
    "soap": "<wsse:Password Type='x'>{K}</wsse:Password>",
    "xml cdata": "<password><![CDATA[{K}]]></password>",
    "sql": "UPDATE users SET password='{K}' WHERE id=1",
    "sql insert": "INSERT INTO users (name, password) VALUES ('robin', '{K}')",
    "sql ident": "IDENTIFIED BY '{K}'",
    "csv": "naam,wachtwoord\nrobin,{K}\n",
    "csv q": '"naam","wachtwoord"\n"robin","{K}"\n',
    "csv tab": "naam\twachtwoord\nrobin\t{K}",
    "md table": "| Naam | Wachtwoord |\n|---|---|\n| Robin | {K} |",
    "md pair": "| Wachtwoord | {K} |",
    "md bold": "**Wachtwoord:** {K}",
    "md code": "Wachtwoord: `{K}`",
    "bbcode": "[b]Wachtwoord:[/b] {K}",
    "quoted": "> Uw wachtwoord: {K}",
    "log": "2024-01-01 INFO login user=robin password={K} ok",
    "logfmt": 'level=info token="{K}" x=1',
    "log bracket": "[password={K}]",
    "log colon": "login failed password:{K}, user:robin",
    "header cookie": "Cookie: PHPSESSID={K}; lang=nl",
    "header auth": "Authorization: Basic {B}",
    "header auth digest": 'Authorization: Digest username="r", response="{K}"',
    "basic text": "auth Basic {B}",
    "jwt": "zie eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.{K}{K}",
    "aws akid": "key AKIA{T} ok",
    "github": "ghp_{U}",
    "slack": "xoxb-123456789012-{K}{K}",
    "stripe": "sk_live_{K}{K}",
    "google": "AIza{U}",
    "sendgrid": "SG.{U}.{U}",
    "openai": "sk-{U}",
    "npm": "npm_{U}",
    "gitlab": "glpat-{K}ab",
    "pem": "-----BEGIN RSA PRIVATE KEY-----\n{K}{K}\n-----END RSA PRIVATE KEY-----",
    "pem ec": "-----BEGIN EC PRIVATE KEY-----\n{K}\n-----END EC PRIVATE KEY-----",
    "pem openssh": "-----BEGIN OPENSSH PRIVATE KEY-----\n{K}\n-----END OPENSSH PRIVATE KEY-----",
    "pem escaped": "-----BEGIN PRIVATE KEY-----\\n{K}\\n-----END PRIVATE KEY-----",
    "ppk": "PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 1\n{K}\nPrivate-MAC: {K}",
    "bcrypt": "hash $2y$10${K}abcdefghijklmnopqrstuvwxyz0123456",
    "crypt": "$6$salt${K}",
    "argon": "$argon2id$v=19$m=65536,t=4,p=1${K}${K}",
    "htpasswd": "robin:$apr1${K}$abc",
    "shadow": "robin:$6$abc${K}:19000:0:99999:7:::",
    "htpasswd bcrypt": "robin:$2y$05${K}abcdefghijklmnopqrstuvwxyz0123456",
    "netrc": "machine x.example login robin password {K}",
    "otpauth": "otpauth://totp/Shop:robin?secret={K}&issuer=Shop",
    "wifi": "WIFI:S:Thuis;T:WPA;P:{K};;",
    "q text": "Geheime vraag: huisdier?\nAntwoord: {K}",
    "set-cookie": "Set-Cookie: laravel_session={K}; path=/; httponly",
    "document.cookie": 'document.cookie="sid={K}"',
    "localStorage": 'localStorage.setItem("token","{K}")',
    "graphql": 'mutation { login(user: "robin", password: "{K}") { id } }',
    "multipart": '--b\r\nContent-Disposition: form-data; name="wachtwoord"\r\n\r\n{K}\r\n--b--',
    "multipart unq": "--b\nContent-Disposition: form-data; name=wachtwoord\n\n{K}\n--b--",
    "urlenc": "user%3Drobin%26password%3D{K}",
    "json str": '{"password": "{K}"}',
    "json esc": '"{\\"password\\": \\"{K}\\"}"',
    "json html": "{&quot;password&quot;:&quot;{K}&quot;}",
    "json in attr": '<div data-x=\'{"token":"{K}"}\'>',
    "ldif": "userPassword:: {K}",
    "ldap": "userPassword: {SSHA}{K}",
    "smtp": "AUTH PLAIN {B}",
    "imap": 'a1 LOGIN robin "{K}"',
    "ftp": "USER robin\r\nPASS {K}\r\n",
    "saml": "<saml:Assertion>x</saml:Assertion><ds:SignatureValue>{K}</ds:SignatureValue>",
    "pgpass": "db.example:5432:shop:robin:{K}",
    "user slash": "Login: robin / {K}",
    "user slash nl": "Inloggegevens: robin@x.example / {K}",
    "user slash de": "Ihre Zugangsdaten: robin / {K}",
    "user slash fr": "Vos identifiants : robin / {K}",
    "user slash paren": "credentials (robin / {K})",
    "user colon": "login robin:{K}",
    "irc": "/msg NickServ IDENTIFY {K}",
    "irc relay": "PRIVMSG NickServ :identify robin {K}",
    "yaml in a line": "config: user: robin password: {K} host: db",
    "imap in a line": "sent: a1 LOGIN robin {K} and got OK",
    "docker": "docker login -u robin -p {K} reg.example",
    "net use": "net use X: \\\\srv\\share /user:robin {K}",
    "net use first": "net use X: \\\\srv\\share {K} /user:robin",
    "account key": "AccountName=shop;AccountKey={K}{K}==;EndpointSuffix=x",
    "ansible": "ansible_ssh_pass={K} ansible_user=robin",
    "terraform": 'variable "db_password" { default = "{K}" }',
    "chpasswd": "echo robin:{K} | chpasswd",
    "htpasswd given": "htpasswd -b .htpasswd robin {K}",
    "pass phrase": "openssl enc -aes-256-cbc -pass pass:{K}",
    "zip": "zip -P {K} a.zip a.txt",
    "7z": "7z a -p{K} a.7z a.txt",
    "redis": "AUTH {K}\nGET a",
    "lftp": "lftp -u robin,{K} ftp.example",
    "ftp script": "open ftp.example\nuser robin {K}\nput a",
    "setter": 'conn.setPassword("{K}");',
    "constructor": 'new NetworkCredential("robin", "{K}")',
    "secure string": 'ConvertTo-SecureString "{K}" -AsPlainText -Force',
    "visual basic": 'Dim pwd As String = "{K}"',
    "hocon": "db { password = {K} }",
    "wpa": 'network={\n ssid="thuis"\n psk="{K}"\n}',
    "router": "enable secret 0 {K}",
    "router user": "username robin password 7 {K}",
    "entry key": "Manual entry key: {K}",
    "aside": "Wachtwoord (eenmalig, 24 uur geldig): {K}",
    "rest path": "https://x.example/reset-password/{K}",
    "path token": "https://x.example/token/{K}/x",
    "path session": "https://x.example/;jsessionid={K}?a=1",
    "path sid": "https://x.example/(S({K}))/a.aspx",
    "fragment": "https://x.example/#access_token={K}&token_type=bearer",
    "hash qs": "https://x.example/#/login?token={K}",
    "amp qs": "https://x.example/?a=1&amp;token={K}",
    "sig": "https://x.example/file?X-Amz-Signature={K}&X-Amz-Date=1",
    "sas": "https://x.example/blob?sv=1&sig={K}",
    "gcs": "https://x.example/?GoogleAccessId=a&Signature={K}&Expires=1",
    "digest inline": 'Authorization: Digest username="robin", realm="shop", nonce="abc", uri="/a", response="{K}", opaque="x"',
    "digest in text": 'Ga naar /a met Authorization: Digest username="robin", realm="a b", response={K} en klaar',
    "digest proxy": 'Proxy-Authorization: Digest username="robin",\n realm="x",\n response="{K}"',
    "digest js": "headers['Authorization'] = 'Digest username=\"robin\", response=\"{K}\"';",
    "digest curl": 'curl -H \'Authorization: Digest username="robin", realm="x", response="{K}"\' https://x.example/',
    "pop3": "USER robin\n+OK\nPASS {K}\n+OK",
    "erb": '<% password = "{K}" %>',
    "erb out": '<input value="<%= "{K}" %>" name="password">',
    "erb helper": "<%= password_field_tag 'password', '{K}' %>",
    "erb out2": "Wachtwoord: <%= '{K}' %>",
    "ejs": "<%= user.password || '{K}' %>",
    "ejs filled": "Wachtwoord: <%={K}%>",
    "mustache": "Wachtwoord: {{{{K}}}}",
    "twig": "{% set password = '{K}' %}",
    "jinja default": "{{ password | default('{K}') }}",
    "smarty": "{assign var='password' value='{K}'}",
    "smarty2": "{$password = '{K}'}",
    "blade": "@php $password = '{K}'; @endphp",
    "php echo": "Wachtwoord: <?= '{K}' ?>",
    "php echo2": "<?php $wachtwoord='{K}'; echo $wachtwoord; ?>",
    "php value": '<input type="password" value="<?php echo \'{K}\'; ?>">',
    "cfml": '<cfset password="{K}">',
    "cf query": '<cfquery username="robin" password="{K}">',
    "velocity": '#set($password = "{K}")',
    "freemarker": '<#assign password="{K}">',
    "freemarker2": '<#assign password = "{K}" />',
    "thymeleaf": '<input th:value="\'{K}\'" type="password">',
    "asp": '<% Const pwd = "{K}" %>',
    "jsp": '<c:set var="password" value="{K}"/>',
    "jsp usebean": '<jsp:setProperty name="u" property="password" value="{K}"/>',
    "liquid": "{% assign wachtwoord = '{K}' %}",
    "handlebars hash": "{{> login password='{K}'}}",
    "angular": '<input type="password" ng-init="password=\'{K}\'">',
    "vue": "<login :password=\"'{K}'\"/>",
    "react": '<Login password={"{K}"} />',
    "nginx user": "auth_basic_user robin:{K};",
    "nginx user2": "auth_basic_user robin:{K}",
    "haproxy": "user robin insecure-password {K}",
    "haproxy2": "user robin password {K}",
    "traefik": "basicAuth.users=robin:{K}",
    "nginx header": 'proxy_set_header Authorization "Basic {B}";',
    "apache": "SetEnv DB_PASSWORD {K}",
    "apache hdr": 'RequestHeader set X-Api-Key "{K}"',
    "basic_auth yaml": "basic_auth:\n  username: robin\n  password: {K}\n",
    "row json html": '<td>{"naam":"robin","wachtwoord":"{K}"}</td>',
    "row json esc": "<p>[{&quot;naam&quot;:&quot;robin&quot;,&quot;wachtwoord&quot;:&quot;{K}&quot;}]</p>",
    "json rows": '<pre>[["naam","wachtwoord"],["robin","{K}"]]</pre>',
    "json rows script": '<script>var rows=[["naam","wachtwoord"],["robin","{K}"]];</script>',
    "json rows cols": '<script>var t={"columns":["naam","wachtwoord"],"rows":[["robin","{K}"]]};</script>',
    "json rows multi": '<pre>["naam","wachtwoord"]\n["robin","{K}"]\n["piet","x"]</pre>',
    "jsonl": '{"naam":"a","wachtwoord":"{K}"}\n{"naam":"b","wachtwoord":"x"}',
    "json pair html": '<p>{"name":"password","value":"{K}"}</p>',
    "json pair rows": '<script>var f=[{name:"password",value:"{K}"}];</script>',
    "tab table": "Beste klant,\n\nNaam\tWachtwoord\tPlaats\nRobin\t{K}\tHoorn\n",
    "tab table pre": "<pre>Beste klant,\n\nNaam\tWachtwoord\tPlaats\nRobin\t{K}\tHoorn\n</pre>",
    "tab ent": "<pre>Naam&#9;Wachtwoord\nRobin&#9;{K}</pre>",
    "spaced table": "Naam      Wachtwoord     Plaats\nRobin     {K}    Hoorn\n",
    "pipe in text": "Zie:\n| Naam | Wachtwoord |\n|---|---|\n| Piet | x |\n| Robin | {K} |",
    "csv in text": "Hierbij:\nnaam,wachtwoord,plaats\nrobin,{K},Hoorn\n",
    "fixed box": "+-------+----------+\n| Naam  | Wachtwoord |\n+-------+---------+\n| Robin | {K} |\n+----+---+",
    "rst": "====== ==========\nNaam   Wachtwoord\n====== ==========\nRobin  {K}\n====== ==========",
    "confluence": "||Naam||Wachtwoord||\n|Robin|{K}|",
    "mediawiki": "{|\n! Naam !! Wachtwoord\n|-\n| Robin || {K}\n|}",
    "css": ".x:after{content:'wachtwoord: {K}'}",
    "svg": "<svg><text>Wachtwoord: {K}</text></svg>",
    "svg tspan": "<svg><text><tspan>Wachtwoord:</tspan><tspan>{K}</tspan></text></svg>",
    "option": "<select name=password><option selected>{K}</option></select>",
    "option v": "<select name='pin'><option value='{K}' selected>x</option></select>",
    "output": "<output name='password'>{K}</output>",
    "button": "<button name='token' value='{K}'>x</button>",
    "param": "<param name='password' value='{K}'>",
    "data attr": "<div data-password='{K}'></div>",
    "data name": "<div data-name='password' data-value='{K}'></div>",
    "aria": "<div aria-label='Wachtwoord'>{K}</div>",
    "placeholder": "<input placeholder='Wachtwoord' value='{K}'>",
    "title attr": "<span title='Wachtwoord: {K}'>x</span>",
    "alt": "<img alt='Uw wachtwoord: {K}'>",
    "onclick2": "<a onclick=\"setPassword('{K}')\">x</a>",
    "meta refresh": "<meta http-equiv=refresh content='0;url=https://x.example/?token={K}'>",
    "form action": "<form action='https://x.example/login?token={K}'>",
    "xml attr pairs": '<field label="Wachtwoord"><value>{K}</value></field>',
    "xml prop": "<property><name>password</name><value>{K}</value></property>",
    "ods": "<table:table-row><table:table-cell><text:p>Wachtwoord</text:p></table:table-cell><table:table-cell><text:p>{K}</text:p></table:table-cell></table:table-row>",
    "json5": "{password:'{K}',}",
    "proto text": 'password: "{K}"',
    "edn": '{:user "robin" :password "{K}"}',
    "lisp": '(password . "{K}")',
    "lua": "password = [[{K}]]",
    "r": 'password <- "{K}"',
    "go": 'password := "{K}"',
    "swift": 'let password: String = "{K}"',
    "java": 'String password = "{K}";',
    "scala": 'val password: String = "{K}"',
    "ps": '$password = "{K}"',
    "bat": "set PASSWORD={K}",
    "setx": 'setx API_KEY "{K}"',
    "reg": '"Password"="{K}"',
    "dotnet": '<add name="x" connectionString="Server=x;Password={K};"/>',
    "odbc": "PWD={K};UID=robin",
    "logfmt nested": 'msg="login" fields.password={K}',
    "http form log": 'POST /login "user=robin&password={K}" 200',
    "radius": 'User-Password = "{K}"',
    "wpa2": "wpa_passphrase={K}",
    "hostapd": "WPA-PSK: {K}",
    "form with plus signs": "a=1&Mot+de+passe+actuel={K}",
    "next line of a setting": "wachtwoord_oud:\n{K}\n",
    "folder with spaces": "https://x.example/#/geheim%20woord/{K}",
}
OBJECTS: list[object] = [
    {"0": "Wachtwoord", "1": "{K}"},
    {"row": {"0": "Naam", "1": "Robin", "2": "Mot de passe actuel", "3": "{K}"}},
    ["Naam", "Robin", "user.password", "{K}"],
    ["Naam", "Robin", "Kennwort (neu)", "{K}"],
    {"xml": "<field><name>smtp_pass</name><value>{K}</value></field>"},
    {"headers": {"authorization": "Basic {B}"}},
    {"question": "Geheime vraag: naam van uw huisdier?", "answer": "{K}"},
    {"secret_question": "Naam huisdier", "secret_answer": "{K}"},
    {"Sicherheitsfrage": "Haustier?", "Antwort": "{K}"},
    {"security_question": "Pet?", "answer": "{K}"},
    {"question_secrete": "Animal?", "reponse": "{K}"},
    {"Geheime vraag": "Huisdier?", "Antwoord": "{K}"},
    [{"name": "PHPSESSID", "value": "{K}", "domain": "x"}],
    {"headers": [{"name": "Authorization", "value": "Bearer {K}"}]},
    [{"Key": "password", "Value": "{K}"}],
    ["password", "{K}"],
    {"password": ["{K}"]},
    {"query": "x", "variables": {"pw": "{K}"}},
]
NO_KEYS: list[str] = [
    "Uw wachtwoord is gewijzigd op 12-03-2024",
    "Wachtwoord vergeten? Klik hier",
    "Kies een wachtwoord van minimaal 8 tekens",
    "Password must contain 8 characters",
    "pin: nee",
    "PIN betaald",
    "Code: WELKOM10 geeft 10% korting",
    "Kortingscode: ZOMER2024",
    "Voucher code SALE2024 is valid",
    "Use code SPRING24 at checkout",
    "Sleutel van de voordeur bij de buren",
    "Sleutelhanger 12345678",
    "De tokens zijn op",
    "Session 3 starts at 10:00",
    "Cookie policy 2024",
    "Cookies: chocolate chip",
    "The key is under the mat",
    "Key: C major",
    "Secret Santa 2023",
    "Geheim recept 12345678",
    "Answer: yes",
    "Antwoord: ja, dat klopt",
    "Postcode: 1012AB",
    "Zipcode 90210",
    "Barcode 8712345678906",
    "QR-code volgt",
    "Klantnummer 12345678",
    "Bestelnummer: 2024-00012345",
    "Factuur 20240012",
    "Track & trace code: 3STEST1234567",
    "Tracking code 1Z999AA10123456784",
    "IBAN: NL91ABNA0417164300",
    "BIC: ABNANL2A",
    "Productcode: AB-1234",
    "Article code AB12CD34",
    "Kleurcode #ff00aa11",
    "Errorcode 0x80070005",
    "Country code: NL31",
    "Area code 020 1234567",
    "Dress code: black tie",
    "Codewoord banaan",
    "Token of appreciation",
    "Boarding pass AB1234",
    "Ski pass 2024",
    "Hash browns 250g",
    "md5 of file 9e107d9d372bb6826bd81d3542a419d6",
    "commit 9e107d9d372bb6826bd81d3542a419d6aabbccdd",
    "Message-ID: <20240301.abc123@x.example>",
    "UUID 123e4567-e89b-12d3-a456-426614174000",
    "https://x.example/product/12345678?color=red&size=44",
    "https://x.example/?utm_campaign=spring2024&utm_source=mail",
    "https://x.example/login",
    "https://x.example/wachtwoord-vergeten",
    "Log in met uw e-mailadres robin@example.org",
    "Gebruikersnaam: robin123",
    "Username: robin_2024",
    "Login: robin@example.org",
    "Inloggen kan vanaf 2024",
    "Signature: Jan de Wit",
    "Handtekening: J. de Wit",
    "Salt: 5g",
    "Nonce of the day",
    "Auth: OK",
    "authorized by Jan 2024",
    "Bearer bonds 2024",
    "Basic T-shirt 2024",
    "Digest 12 of the week",
    "User agent: Mozilla/5.0",
    "IP 192.0.2.1",
    "Verificatie geslaagd op 2024-03-01",
    "Activatie: ja",
    "Activation date: 2024-03-01",
    "PUK: nee",
    "TAN: bruin",
    "OTP: n/a",
    "CVC: niet bewaard",
    "2FA: aan",
    "Two-factor: enabled",
    "backup: 2024-03-01",
    "Recovery: 12 days",
    "Onthoud mij: ja",
    "Naam\tWachtwoord\nRobin\tja\n",
    "Vraag\tAntwoord\nWat is uw hobby?\tlezen\n",
    "<table><tr><th>Sleutel</th><th>Waarde</th></tr><tr><td>kleur</td><td>rood</td></tr></table>",
    '{"key":"color","value":"red"}',
    '{"name":"session","value":"Workshop 3"}',
    '{"token_count": 15}',
    '{"password_changed": "2024-03-01"}',
    '{"has_password": true}',
    '{"password_strength":"strong"}',
    '[["key","value"],["a","b"]]',
    "<div>Password</div><div>reset</div>",
    "<li>Wachtwoord: minimaal 8 tekens</li>",
    "&lt;input type=text name=naam value=Robin&gt;",
    "&lt;b&gt;Naam:&lt;/b&gt; Robin",
    "{{ voornaam }}, uw bestelling",
    "<%= naam %>",
    "{% if klant %}Dag{% endif %}",
    "334 klanten\nRobin",
    "+ gratis verzending\nBestel nu!",
    "334 straatweg\nUtrecht",
    "PLAIN tekst QUJDREVGR0hJSktMTU5P",
    "Digest, response = geen",
    "auth_basic off",
    "basic auth: aan",
    "robin:shop:vriend",
    "Wachtwoordmanager aanbieding 2024",
    "Passwortgeschützt: ja",
    "Kennwortlänge: 12",
    "Clé USB 32GB12",
    "Clé: 12345678 vis",
    "Jeton de caddie 2024",
    "Code promo : ETE2024",
    "Code postal : 75001",
    "Votre code client : 12345678",
    "Code barre 3017620422003",
    "Mot de passe oublié ?",
    "Login: 2024-01-01T10:00:00 / 2024-01-01T11:00:00",
    "Login: https://x.example/abc12345def",
    "Gebruiker: Jan / Kerkstraat",
    "Gebruikersnaam: robin / robin2@x.example",
    "User agent Mozilla/5.0 (X11)",
    "Login from iPhone14Pro",
    "net use of the shop in 20240301",
    "Accès : Jean / Quai12",
    'alert("Bestelling12345")',
    'print("robin", "Bestelling12345")',
    'color "Bestelling12345" { default = "red12345" }',
    "Uw kortingscode: ZOMER2024",
    "Your discount code is SAVE20NOW",
    "Gebruik code LENTE2024 bij het afrekenen voor 10% korting",
    "Use code WELCOME2024 at checkout",
    "Ihr Gutscheincode: FRUEHLING24",
    "Votre code promo : ETE2024X",
    "Uw klantnummer: 12345678",
    "Order number 20240012",
    "Bestelnummer: A2024-00123",
    "Factuur 2024-0012",
    "Wachtwoord gewijzigd op 2024-03-02",
    "Uw wachtwoord is gewijzigd",
    "Wachtwoord vergeten?",
    "Password reset requested at 12:30:45",
    "Log in om uw bestelling 482913 te bekijken",
    "Track & trace: 3SABCD123456789",
    "Postcode: 1234AB",
    "Postcode 1234 AB",
    "Code: 4711",
    "Artikelcode: AB12CD34",
    "Productcode AB-1234-XY",
    "Your order code is A1B2C3D4",
    "Kleurcode: FF00AA99",
    "Signature: Met vriendelijke groet",
    "Handtekening: Jan de Vries",
    "De sleutel ligt onder de mat",
    "Key account manager: Anna",
    "Password policy: 12 characters",
    "Session 2: 10:00-11:00",
    "Bevestiging van uw bestelling 20391",
    "Please confirm your booking 8837261",
    "Token of appreciation 2024",
    "pin 2024: winkelen met pin",
    "Betaling met pin 25,00",
    "PIN-automaat 12345678",
    "iPhone12Pro - 128GB",
    "Samsung Galaxy S21 - SM-G991B",
    "Tel: 0612345678",
    "IBAN NL91ABNA0417164300",
    "BTW NL123456789B01",
    "Geheime vraag: Wat is uw huisdier?",
    "Basic abonnement2024",
    "Bearer of good news",
    "The key to 20240101",
    "Passwort-Hinweis: Hund2010",
    "Beveiligingsupdate 2024-03",
    "Security Notice 20240301",
    "Access 2019 Professional",
    "secret santa 2024",
    "Antwoord: 12345678",
    "Anmeldung bestätigt 20240301",
    "Connexion depuis Chrome 12345",
    "Login from 192.0.2.1 at 10:00",
    "Verification: https://x.example/",
    "utm_source=news&utm_campaign=code2024",
    "Gebruik 250 gram bloem",
    "Enter by 20240301 to win",
    "Use 2 cups",
    "Voer uw gegevens in voor 20240301",
    "Vul het formulier 2024A in om te bevestigen",
]
NO_KEYS_IN_PAGES: list[str] = [
    "<a href='x'>Wachtwoord</a><a href='y'>Profiel</a>",
    "<th>Wachtwoord</th><th>Naam</th>",
    "<table><tr><th>Naam</th><th>Wachtwoord gewijzigd</th></tr><tr><td>Jan</td><td>2024-01-01</td></tr></table>",
    "<td>PIN</td><td>Betaald</td>",
    "<li>Wachtwoord</li><li>Adres</li>",
    "<p>Uw wachtwoord wijzigen</p><p>Klik hier</p>",
    "<b>Code</b> 4711",
    "<h3>Kortingscode</h3><p>ZOMER2024</p>",
    "<p>Uw code:</p><p>ZOMER2024</p><p>korting bij afrekenen</p>",
    "<label>Wachtwoord</label><input type=submit value=Inloggen>",
    "<span>Wachtwoord vergeten?</span> <a>Herstel</a>",
    "<td>Sleutel</td><td>gevonden</td>",
]
ANSWERS: dict[str, str] = {
    "smtp 334": "334 VXNlcm5hbWU6\ncm9iaW4=\n334 UGFzc3dvcmQ6\n{E}\n235 ok",
    "smtp 334 dirs": "S: 334 UGFzc3dvcmQ6\r\nC: {E}\r\nS: 235 ok",
    "smtp 334 lower": "334 cGFzc3dvcmQ6\r\n{E}\r\n",
    "smtp Password:": "334 Password:\n{E}\n",
    "smtp arrows": "<- 334 UGFzc3dvcmQ6\n-> {E}\n<- 235",
    "smtp log": "2024-01-01 10:00:00 >> 334 UGFzc3dvcmQ6\n2024-01-01 10:00:01 << {E}\n",
    "auth login": "AUTH LOGIN cm9iaW4=\n334 UGFzc3dvcmQ6\n{E}",
    "auth plain cont": "AUTH PLAIN\n334 \n{P}\n235 ok",
    "auth plain": "C: AUTH PLAIN {P}",
    "auth xoauth2": "AUTH XOAUTH2 {X}",
    "cram md5": "AUTH CRAM-MD5\n334 PDEyMzQ+\n{M}\n235",
    "imap authenticate": "a1 AUTHENTICATE PLAIN\n+\n{P}\na1 OK",
    "htdigest": "robin:shop:{H}",
    "xmpp": "<auth mechanism='PLAIN'>{P}</auth>",
    "sip": 'SIP Authorization: Digest username="robin",realm="x",response="{H}"',
}
"""What programs say in letters of their own: `E` is the key in base64, `P` with who is let in, `H` its digest."""

"""A member of an invented postcard exchange, with messages in many of the world's scripts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from .dice import moment
from .letters import Letter, Product, Shop, Words
from .shapes import Device, Person, Record
from .story import Story

PERSON = Person(
    "world.member@example.org", 70001, 0, 7700, 0, "5eed5eed11112222333344445555aaaa", "mail.meridian.example"
)
NAME = "Ἀλκυόνη Морозова 山田"
ENGLISH = Words(
    "en",
    "View online",
    "More",
    "was",
    "Note:",
    "You are a member.",
    "Leave",
    "Settings",
    "Privacy",
    "Yours,",
    "Total",
)
SHOP = Shop(
    name="Postcard Meridian",
    slogan="one card a month, from anywhere",
    domain="meridian.example",
    sender="Postcard Meridian",
    footer=("Postcard Meridian", "Latitude 0, Longitude 0"),
    colours=("#5b3f8c", "#2c1e47", "#f2eef8"),
    font="Arial,sans-serif",
    words=ENGLISH,
    menu=("Cards", "Friends"),
)
LETTERS: tuple[tuple[str, str, str, str, str, str, str, str, str, str], ...] = (
    # language, direction, charset, encoding, subject, heading, text, button, unsubscribe, product
    ("el", "ltr", "iso-8859-7", "base64", "Η κάρτα σου έφτασε στη Σύρο", "Καλημέρα, Αλκυόνη!",
     "Η φίλη σου η Ευθαλία έλαβε την κάρτα με το κόκκινο καΐκι και σου στέλνει ήλιο.", "Δες την κάρτα", "Διαγραφή",
     "Άλμπουμ για καρτ ποστάλ"),
    ("ru", "ltr", "koi8-r", "quoted-printable", "Ваша открытка доехала до Мурашей", "Здравствуйте, Алкиона!",
     "Ещё одна открытка на месте: снег, берёзы и подпись Юлии Щукиной. Съешь же ещё этих мягких булок.", "Посмотреть",
     "Отписаться", "Марки с ёжиком"),
    ("uk", "ltr", "windows-1251", "8bit", "Ґанок, їжак і новини клубу", "Вітаємо!",
     "Листівка з їжаком під ґанком уже в дорозі; її пише Євгенія з Косова.", "Переглянути", "Відписатися", "Папір для листів"),
    ("ar", "rtl", "windows-1256", "base64", "وصلت بطاقتك إلى المرفأ", "مرحبًا يا ألكيون",
     "وصلت بطاقتك رقم 12 يوم الثلاثاء، وقرأتها ليلى لجدّتها مرتين.", "شاهد البطاقة", "إلغاء الاشتراك", "ظروف ملوّنة"),
    ("he", "rtl", "windows-1255", "quoted-printable", "הגלויה שלך הגיעה", "שלום אלקיונה",
     "הגלויה עם המגדלור (מס' 7) הגיעה אל נועה, והיא כבר כותבת תשובה.", "לצפייה בגלויה", "הסרה מהרשימה", "בולים"),
    ("zh-Hans", "ltr", "gb18030", "base64", "您的明信片已到达", "您好，山田女士",
     "画着灯塔的明信片昨天到了林溪手中，她说纸上还有海的味道。", "查看明信片", "退订", "信纸与信封"),
    ("zh-Hant", "ltr", "big5", "base64", "您的明信片寄達了", "您好", "陳雨收到了畫著渡船的明信片，並已回信。", "檢視", "取消訂閱", "郵票冊"),
    ("ja", "ltr", "iso-2022-jp", "7bit", "絵はがきが届きました", "山田さん、こんにちは",
     "灯台の絵はがきが北の町の佐々木さんに届きました。「とても嬉しい」とのことです。", "はがきを見る", "配信停止", "万年筆のインク"),
    ("ko", "ltr", "euc-kr", "base64", "엽서가 도착했습니다", "안녕하세요", "등대 엽서가 한서윤 님께 도착했습니다. 곧 답장이 갑니다.",
     "엽서 보기", "수신 거부", "편지지"),
    ("th", "ltr", "tis-620", "base64", "โปสการ์ดของคุณมาถึงแล้ว", "สวัสดีค่ะ", "โปสการ์ดรูปประภาคารถึงมือคุณน้ำฝนแล้วเมื่อวันอังคาร",
     "ดูโปสการ์ด", "ยกเลิกรับข่าว", "ซองจดหมาย"),
    ("hi", "ltr", "utf-8", "quoted-printable", "आपका पोस्टकार्ड पहुँच गया", "नमस्ते", "दीपस्तंभ वाला पोस्टकार्ड कृतिका को मिल गया है; वह उत्तर लिख रही है।",
     "पोस्टकार्ड देखें", "सदस्यता छोड़ें", "डाक टिकट"),
    ("en", "ltr", "utf-8", "base64", "👩‍🚀👨‍👩‍👧‍👦 Cards from 🇳🇱 🇧🇷 🏴󠁧󠁢󠁳󠁣󠁴󠁿 and 🏳️‍🌈", "Hello 👋🏽",
     "This month: ❤️‍🔥, 1️⃣2️⃣3️⃣, a family of four 👨‍👩‍👧‍👦, e\u0301 beside é, and \u202bעברית\u202c within English.", "Look 👀", "Leave 🚪",
     "Stickers ✨"),
)  # fmt: skip
PHONE = Device(
    "Mozilla/5.0 (Linux; Android 13) Gecko/115.0 Firefox/115.0", "Firefox", "mobile", "203.0.113.55",
    ("JP", "Japan", "01", "旭川市"),
)  # fmt: skip


def records() -> list[Record]:
    """All records of the member's export."""
    story = Story(
        SHOP,
        PERSON,
        NAME,
        "meridian",
        170000,
        devices=(PHONE,),
        switch=moment("2022-07-01 00:00:00"),
        first_number=97000,
    )
    start = moment("2022-01-15 09:00:00")
    for index, (
        language,
        direction,
        charset,
        encoding,
        subject,
        heading,
        text,
        button,
        leave,
        product,
    ) in enumerate(LETTERS):
        words = replace(
            ENGLISH, language=language, direction=direction, unsubscribe=leave, look=button, tip="✉"
        )
        if charset not in {"utf-8", "gb18030", "windows-1251"}:
            words = replace(words, tip="*")
        story.mailer.shop = replace(SHOP, words=words)
        letter = Letter(
            subject=subject,
            heading=heading,
            paragraphs=(text,),
            products=(Product(product, "12", text[:40], f"{language}/shop"),),
            button=(button, "https://www.meridian.example/card?m={$profile.ID}"),
        )
        story.send(
            start + timedelta(days=31 * index),
            letter,
            charset=charset,
            encoding=encoding,
            words="BQ"[index % 2],
        )
    profile = {
        "ID": str(PERSON.profile),
        "fields": {
            "Email": PERSON.address, "Name": NAME, "Όνομα": "Ἀλκυόνη", "Фамилия": "Морозова", "名前": "山田 花子",
            "اللقب": "حورية البحر", "שם": "חַלְצִיוֹן", "이름": "한결", "ชื่อ": "น้ำใจ", "नाम": "ज्योत्स्ना", "中文名": "林曉溪",
            "Emoji": "👩🏽‍🚀🏴‍☠️🇪🇺", "Vietnamese": "Nguyễn Thị Ngọc Ánh", "Turkish": "İpek Işıklı", "Icelandic": "Þórdís Ægisdóttir",
            "Polish": "Żółć gęślą jaźń", "Mojibake": "CafÃ© NoÃ«lle", "Combining": "Z\u0351\u036b\u0343a\u0328l\u0301go", "Tamil": "நிலா",
            "Georgian": "თამარი", "Armenian": "Անի", "Amharic": "ሰላም", "Khmer": "សុខា", "Astral": "𝒜𝓁𝓀 𠮷野家",
        },
        "interests": {"絵はがき": True, "марки": False, "שליחה": True},
        "database": str(PERSON.database), "secret": PERSON.secret, "created": "2021-12-31 23:59:59",
        "modified": "2023-01-01 00:00:00", "removed": False,
    }  # fmt: skip
    survey = {
        "survey": "Worldwide survey 🌍", "id": "3", "timestamp": "2023-02-02 02:02:02", "profile": str(PERSON.profile),
        "subprofile": None,
        "questions": {
            "1": {"question": "何が好きですか。", "type": "multi", "answer": ["海", "山", "猫 🐈"]},
            "2": {"question": "ما رأيك في البطاقات؟", "type": "open", "answer": "جميلة جدًا، شكرًا!"},
            "3": {"question": "Оцените", "type": "grid", "answer": {"почта": "хорошо", "бумага": "отлично"}},
        },
    }  # fmt: skip
    return [Record("profile", profile), *story.finish(eager=1.0), Record("survey", survey)]

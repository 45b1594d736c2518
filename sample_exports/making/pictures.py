"""Small pictures and a voucher, written byte by byte: a compressor's output could differ between machines."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

Colour = tuple[int, int, int]
Drawing = Callable[[int, int], int]
"""(column, row) → index of a colour in the palette."""


def stored(content: bytes) -> bytes:
    """Raw deflate data that holds `content` uncompressed."""
    blocks = [content[i : i + 65535] for i in range(0, len(content), 65535)] or [b""]
    return b"".join(
        struct.pack("<BHH", i == len(blocks) - 1, len(block), len(block) ^ 0xFFFF) + block
        for i, block in enumerate(blocks)
    )


def png(width: int, height: int, palette: list[Colour], drawing: Drawing) -> bytes:
    """A PNG of at most 16 colours."""
    rows = bytearray()
    for y in range(height):
        line = [drawing(x, y) for x in range(width)] + [0] * (width % 2)
        rows += b"\0" + bytes(line[i] << 4 | line[i + 1] for i in range(0, len(line), 2))
    packed = b"\x78\x01" + stored(bytes(rows)) + struct.pack(">I", zlib.adler32(rows))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 4, 3, 0, 0, 0)),
            (b"PLTE", b"".join(bytes(colour) for colour in palette)),
            (b"IDAT", packed),
            (b"IEND", b""),
        )
    )


def gif(width: int, height: int, palette: list[Colour], drawing: Drawing) -> bytes:
    """A GIF of at most 16 colours, LZW-compressed."""
    colours = b"".join(bytes(colour) for colour in palette).ljust(48, b"\0")
    codes: dict[tuple[int, ...], int] = {}
    bits = count = 0
    out = bytearray()

    def put(code: int, size: int) -> None:
        nonlocal bits, count
        bits |= code << count
        count += size
        while count >= 8:
            out.append(bits & 255)
            bits >>= 8
            count -= 8

    size, run = 5, ()
    put(16, size)
    codes = {(i,): i for i in range(16)}
    following = 18
    for y in range(height):
        for x in range(width):
            longer = (*run, drawing(x, y))
            if longer in codes:
                run = longer
                continue
            put(codes[run], size)
            if following < 4096:
                codes[longer] = following
                if following == 1 << size:
                    size += 1
                following += 1
            else:
                put(16, size)
                codes = {(i,): i for i in range(16)}
                size, following = 5, 18
            run = longer[-1:]
    put(codes[run], size)
    put(17, size)
    put(0, 7)
    blocks = b"".join(bytes([len(out[i : i + 255])]) + out[i : i + 255] for i in range(0, len(out), 255))
    screen = struct.pack("<HHBBB", width, height, 0xB3, 0, 0)
    frame = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0) + b"\x04"
    return b"GIF89a" + screen + colours + frame + blocks + b"\0;"


PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
"""A transparent GIF of one pixel."""


def jpeg(columns: int, rows: int, palette: list[Colour], drawing: Drawing) -> bytes:
    """A JPEG mosaic: each step of the drawing is a flat block of 8 by 8 pixels."""
    bits = count = 0
    out = bytearray()

    def put(code: int, size: int) -> None:
        nonlocal bits, count
        bits = bits << size | code
        count += size
        while count >= 8:
            byte = bits >> (count - 8) & 255
            out.extend((byte, 0) if byte == 255 else (byte,))
            count -= 8
        bits &= (1 << count) - 1

    before = [0, 0, 0]
    for y in range(rows):
        for x in range(columns):
            for channel, value in enumerate(_ycc(palette[drawing(x, y)])):
                step = value - before[channel]
                before[channel] = value
                length = abs(step).bit_length()
                put(length, 4)
                if length:
                    put(step if step > 0 else step + (1 << length) - 1, length)
                put(0, 1)
    if count:
        put((1 << (8 - count)) - 1, 8 - count)
    size = struct.pack(">BHHB", 8, rows * 8, columns * 8, 3)

    def segment(marker: int, body: bytes) -> bytes:
        return struct.pack(">BBH", 255, marker, len(body) + 2) + body

    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
        + segment(0xDB, b"\0" + b"\x08" * 64)
        + segment(0xC0, size + b"\x01\x11\0\x02\x11\0\x03\x11\0")
        + segment(0xC4, b"\0" + bytes([0, 0, 0, 12]) + bytes(12) + bytes(range(12)))
        + segment(0xC4, b"\x10" + bytes([1]) + bytes(15) + b"\0")
        + segment(0xDA, b"\x03\x01\0\x02\0\x03\0\0\x3f\0")
        + bytes(out)
        + b"\xff\xd9"
    )


def _ycc(colour: Colour) -> tuple[int, int, int]:
    red, green, blue = colour
    return (
        round(0.299 * red + 0.587 * green + 0.114 * blue - 128),
        round(-0.1687 * red - 0.3313 * green + 0.5 * blue),
        round(0.5 * red - 0.4187 * green - 0.0813 * blue),
    )


def logo_drawing(width: int, height: int, mark: int) -> Drawing:
    """A round mark beside three bars that stand for a name; colours 0 ground, 1 mark, 2 bars, 3 detail."""
    radius = height // 2 - 3
    centre = height // 2

    def draw(x: int, y: int) -> int:
        away = (x - centre) ** 2 + (y - centre) ** 2
        if away <= radius * radius:
            waves = ((x + mark * 3) // 5 + y // (3 + mark % 4)) % 3 == 0
            return 3 if waves and y > centre - mark % 3 * 4 else 1
        if x > height + 4 and x < width - 6 and centre - 7 <= y <= centre + 7:
            return 2 if (x - height) % (9 + mark % 3) < 6 and (x * 7 + mark) % 11 else 0
        return 0

    return draw


def product_drawing(width: int, height: int, number: int) -> Drawing:
    """A vessel, a lamp or a tool on a plain background, by number."""

    def draw(x: int, y: int) -> int:
        u, v = (x + 0.5) / width * 2 - 1, (y + 0.5) / height * 2 - 1
        shape = number % 4
        if shape == 0:
            inside = abs(u) < 0.25 + 0.25 * (1 - (v - 0.2) ** 2) and -0.7 < v < 0.7
        elif shape == 1:
            inside = (abs(u) < 0.15 + 0.35 * (v + 0.7) and -0.7 < v < 0.1) or (
                abs(u) < 0.06 and 0.1 <= v < 0.75
            )
        elif shape == 2:
            inside = u * u + v * v < 0.45 and not (u * u + v * v < 0.2 and v < 0)
        else:
            inside = abs(u) + abs(v) < 0.75
        if inside:
            return 3 if u < -0.12 else 2
        return 1 if v > 0.6 else 0

    return draw


def voucher(title: str, lines: list[str]) -> bytes:
    """A valid PDF of one page with a title, a frame and some lines (Latin-1)."""

    def text(value: str) -> bytes:
        escaped = value.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        return escaped.encode("cp1252")

    page = [b"0.85 0.92 0.9 rg 40 160 340 200 re f 0.1 0.35 0.32 RG 2 w 48 168 324 184 re S", b"0 0 0 rg BT"]
    page += [b"/F1 22 Tf 64 316 Td (" + text(title) + b") Tj /F1 12 Tf 0 -14 Td"]
    page += [b"0 -20 Td (" + text(line) + b") Tj" for line in lines] + [b"ET"]
    content = b"\n".join(page)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 420] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Title (" + text(title) + b") >>",
    ]
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 6 0 R >>\n" % (len(objects) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)

"""Metadata of a PDF: an XMP packet (PDF/A-3a and PDF/UA-1), properties, attachments, colour profile."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

from dsr_report.errors import FileError, MissingExtraError
from dsr_report.rendering.document import Attachment, ReportDocument
from dsr_report.sentences import Sentence, reason_of
from dsr_report.writers.pdf.file import PdfFile, name, reference, text

_BLOCK = 1 << 20
_PRODUCER = "dsr-report"

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<xmp:CreatorTool>{generator}</xmp:CreatorTool>
<xmp:CreateDate>{created}</xmp:CreateDate><xmp:ModifyDate>{created}</xmp:ModifyDate></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdf:Producer>{producer}</pdf:Producer></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates which part of ISO 14289 is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def put_profile(file: PdfFile, number: int) -> None:
    """Write the sRGB profile that all colours refer to."""
    spec = find_spec("weasyprint")  # found without importing it
    if spec is None or spec.origin is None:
        raise MissingExtraError("WeasyPrint is not installed", hint="Install dsr-report again.")
    packed = zlib.compress((Path(spec.origin).parent / "pdf" / "sRGB2014.icc").read_bytes(), 6)
    file.put_stream(number, b"<</N 3/Filter /FlateDecode/Length %d>>" % len(packed), packed)


def output_intent(profile: int) -> bytes:
    """The output intent: the sRGB profile in object `profile`."""
    return (
        b"[<</Type /OutputIntent/S /GTS_PDFA1/OutputConditionIdentifier (sRGB)/Info (sRGB)"
        b"/DestOutputProfile " + reference(profile) + b">>]"
    )


def add_xmp(file: PdfFile, document: ReportDocument) -> int:
    """Write the XMP packet, uncompressed, so that any tool finds it."""
    packet = _XMP.format(
        title=escape(document.title),
        author=escape(document.author),
        description=escape(document.description),
        language=escape(document.language_code),
        generator=escape(document.generator),
        created=document.created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        producer=_PRODUCER,
    ).encode()
    number = file.allocate()
    file.put_stream(number, b"<</Type /Metadata/Subtype /XML/Length %d>>" % len(packet), packet)
    return number


def add_information(file: PdfFile, document: ReportDocument) -> int:
    """Write the document information dictionary, with the same properties as the XMP packet."""
    created = date(document.created)
    return file.add(
        b"<</Title " + text(document.title) + b"/Author " + text(document.author)
        + b"/Subject " + text(document.description) + b"/Creator " + text(document.generator)
        + b"/Producer " + text(_PRODUCER) + b"/CreationDate " + created + b"/ModDate " + created + b">>"
    )  # fmt: skip


def add_attachment(file: PdfFile, attachment: Attachment) -> int:
    """Embed a file, block by block."""
    parameters = file.allocate()
    reading = _Reading(attachment.path)
    media_type = name(attachment.media_type)
    stream = file.add_long_stream(
        b"/Type /EmbeddedFile/Subtype " + media_type + b"/Params " + reference(parameters), reading.blocks()
    )
    file.put(
        parameters,
        b"<</ModDate " + date(attachment.modified) + b"/Size %d" % reading.size
        + b"/CheckSum <" + reading.checksum.encode() + b">>>",
    )  # fmt: skip
    title = text(attachment.name)
    return file.add(
        b"<</Type /Filespec/F " + title + b"/UF " + title + b"/Desc " + text(attachment.description)
        + b"/AFRelationship /" + attachment.relationship.encode()
        + b"/EF <</F " + reference(stream) + b"/UF " + reference(stream) + b">>>>"
    )  # fmt: skip


class _Reading:
    """Reads a file once in blocks; afterwards `size` and `checksum` are known."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._digest = hashlib.md5(usedforsecurity=False)  # PDF's CheckSum is MD5 by definition

    @property
    def checksum(self) -> str:
        return self._digest.hexdigest()

    def blocks(self) -> Iterator[bytes]:
        try:
            with self.path.open("rb") as source:
                while block := source.read(_BLOCK):
                    self.size += len(block)
                    self._digest.update(block)
                    yield block
        except OSError as error:
            raise FileError(
                Sentence("cannot be read to embed it ({reason})", reason=reason_of(error)),
                where=self.path.name,
            ) from error


def date(moment: datetime) -> bytes:
    """A moment as a PDF date string, in UTC."""
    return moment.astimezone(UTC).strftime("(D:%Y%m%d%H%M%SZ)").encode()

"""What happened to a message: attempts, deliveries, impressions, clicks, errors and complaints."""

from __future__ import annotations

from dsr_report.records.declarations.people import PROFILE_ID, SUBPROFILE_ID
from dsr_report.records.kind import Authorship, Field, Kind, field
from dsr_report.records.names import word_set
from dsr_report.sentences import translatable as _

OF_ALL = word_set(
    "occurred_at message_id event_id mailing_id profile_id subprofile_id address tags template_id document_id "
    "group_id sender_domain"
)
"""The fields that every event has."""
_OF_VISITS = "ip user_agent referer device header protocol country_code country region city"
_OF_RETURNS = "mime envelope"

EVENT_COLUMNS = (
    field("occurred_at", "moment", "timestamp time datetime date", "When it happened."),
    field("message_id", "made", "", _("Id of the message as the record has it: a public id, or a number.")),
    field("event_id", "made", "", _("Copernica's id of the event.")),
    field("mailing_id", "id", "mailing emailing mailingid emailingid", "Mailing that it belongs to."),
    PROFILE_ID,
    SUBPROFILE_ID,
    field("address", "text", "email recipient", "The recipient's address."),
    field("ip", "text", "ip", "Internet address that the request came from; `0.0.0.0` was not kept."),
    field(
        "user_agent",
        "text",
        "useragent",
        "Program, as a member of the record has it.",
        column="user_agent_raw",
    ),
    field("referer", "text", "referer referrer", "Page that the request came from."),
    field("device", "text", "device", "`desktop`, `tablet`, `mobile` or `unknown`.", origin="inferred"),
    field("header", "text", "header headers", "Header fields of the request, one a line."),
    field("protocol", "text", "protocol", "Scheme of the request."),
    field(
        "country_code",
        "text",
        "countrycode",
        "Country of the internet address (ISO 3166-1 alpha-2).",
        origin="inferred",
    ),
    field(
        "country",
        "text",
        "countryname country",
        "Country of the internet address, by name.",
        origin="inferred",
    ),
    field("region", "text", "regioncode region", "Region of the internet address.", origin="inferred"),
    field("city", "text", "city", "City of the internet address.", origin="inferred"),
    field("link", "text", "link original url", "Link that was followed, as it is written in the message."),
    field("link_id", "text", "linkid linkinfo", "Copernica's number of the link."),
    field("link_title", "text", "linktitle", "Title of the link."),
    field("target", "made", "", _("Where the link led in the end.")),
    field("attempts", "count", "attempt attempts", "Number of the attempt, from 0."),
    field("smtp_response", "text", "smtpresponse description response", "Answer of the receiving server."),
    field("error_code", "text", "errorcode", "Error code of the statistics."),
    field("status", "text", "status extended", "Enhanced status (RFC 3463)."),
    field("smtp_code", "text", "code", "SMTP reply code."),
    field("error_type", "text", "errortype type", "Class of the error.", but_naming=True),
    field("error_type_description", "text", "errortypedescription", "What the class means."),
    field("description", "text", "description", "Error in words."),
    field("content", "text", "content", "Full error message."),
    field("state", "text", "state", "Phase of the SMTP dialogue; `bounce` where the error came later."),
    field("action", "text", "action", "What Copernica made of it."),
    field("source", "text", "source", "How the subject unsubscribed: `link` or `email`."),
    field("success", "flag", "success", "Whether the unsubscribe was carried out."),
    field("recognized_as", "text", "recognizedas", "Format of the complaint."),
    field("feedback_type", "text", "feedbacktype", "Class of the complaint."),
    field("arf_version", "text", "arfversion", "Version of the complaint's format."),
    field("details", "text", "details", "Complaint in words."),
    field("report", "json", "report", "Complaint as the export has it, as JSON."),
    field("reporter", "text", "emailfrom", "Who passed the complaint on."),
    field("mime", "text", "mime mail .", "Source of the message that came back."),
    field("envelope", "text", "envelope", "Return address of the envelope."),
    field("sending_ip", "text", "from", "Internet address of the sending server."),
    field("receiving_ip", "text", "to", "Internet address of the receiving server."),
    field("properties", "text", "properties", "Features that were on for the message."),
    field("tags", "tags", "tags", "Labels, separated by semicolons."),
    field("template_id", "id", "template templateid", "Template of the message."),
    field("document_id", "id", "document documentid", "Document of the message."),
    field("group_id", "id", "groupid mailinggroup group", "Part of a split mailing."),
    field("sender_domain", "text", "senderdomain", "Domain that the message was sent from."),
    field("database_id", "id", "database databaseid", "Database of the profile."),
    field("collection_id", "id", "collection collectionid", "Collection of the subprofile."),
)
"""All columns of `events`, in order; each kind has those of all events and some of the others."""


def event(
    name: str,
    title: tuple[str, str],
    explanation: str,
    shared: str,
    words: str,
    *,
    own: tuple[Field, ...] = (),
    model: str = "",
    free_text: Authorship = "",
    is_weak: bool = False,
) -> Kind:
    """A kind of event, with the fields of all events.

    Args:
        name: as of `Kind`, like all that are not listed here.
        title: its heading.
        explanation: its line in the list of events.
        shared: names of the further `EVENT_COLUMNS` that it has.
        words: what identifies it.
        own: fields that it alone has, or that replace the column of their name.
        model: its class in `records.models.events`.
        free_text: who wrote its text.
        is_weak: whether its members decide against its words.
    """
    names, by_name = OF_ALL | word_set(shared), {one.name: one for one in own}
    fields = [by_name.pop(one.name, one) for one in EVENT_COLUMNS if one.name in names | by_name.keys()]
    return Kind(
        name, title, explanation, "events", (*fields, *by_name.values()), words=word_set(words),
        model=model and f"events.{model}", moments=("occurred_at",), free_text=free_text, is_weak=is_weak,
        origin="observed",
    )  # fmt: skip


# In the order in which events of one moment are listed: what comes before what.
KINDS = (
    event(
        "attempt",
        (_("Start of sending"), _("Starts of sending")),
        _("Sending started"),
        "database_id collection_id envelope properties",
        "attempt attempts poging pogingen",
        model="Attempt",
    ),
    event(
        "retry",
        (_("Further delivery attempt"), _("Further delivery attempts")),
        _("Delivery was postponed, to be tried again"),
        "attempts",
        "retry retries herhaling herhalingen",
        model="Retry",
    ),
    event(
        "delivery",
        (_("Delivery"), _("Deliveries")),
        _("Delivered to your mail provider"),
        "attempts smtp_response envelope sending_ip receiving_ip",
        "delivery deliveries aflevering afleveringen bezorging bezorgingen delivered",
        model="Delivery",
        own=(field("attempts", "count", "attempts attempt", "Number of the attempt, from 0."),),
    ),
    event(
        "error",
        (_("Failed delivery"), _("Failed deliveries")),
        _("Delivery failed"),
        "error_code status smtp_code error_type error_type_description description content state action attempts "
        "envelope sending_ip receiving_ip",
        "error errors failure failures failed fout fouten foutmelding foutmeldingen",
        model="Error",
    ),
    event(
        "bounce",
        (_("Returned message"), _("Returned messages")),
        _("The message was returned"),
        _OF_RETURNS,
        "bounce bounces bounced",
        model="Bounce",
        free_text="by",
    ),
    event(
        "response",
        (_("Automatic reply"), _("Automatic replies")),
        _("An automatic reply arrived"),
        _OF_RETURNS,
        "response responses antwoord antwoorden autoreply autoreplies",
        model="Response",
        free_text="by",
        is_weak=True,
    ),
    event(
        "impression",
        (_("Open"), _("Opens")),
        _("Images were loaded"),
        _OF_VISITS,
        "open opens opened opening openings openingen impression impressions impressie impressies vertoning "
        "vertoningen weergave weergaven",
        model="Impression",
    ),
    event(
        "open_or_click",
        (_("Open or click"), _("Opens or clicks")),
        _("Images were loaded or a link was followed"),
        _OF_VISITS,
        "",
        model="OpenOrClick",
    ),
    event(
        "click",
        (_("Click"), _("Clicks")),
        _("A link was followed"),
        f"{_OF_VISITS} link link_id link_title target",
        "click clicks clicked klik kliks klikken",
        model="Click",
    ),
    event(
        "unsubscribe",
        (_("Unsubscribe request"), _("Unsubscribe requests")),
        _("Unsubscribed"),
        "source success database_id",
        "unsubscribe unsubscribes unsubscription unsubscriptions unsubscribed afmelding afmeldingen uitschrijving "
        "uitschrijvingen",
        model="Unsubscribe",
    ),
    event(
        "abuse",
        (_("Spam complaint"), _("Spam complaints")),
        _("Reported as unwanted"),
        f"{_OF_RETURNS} recognized_as feedback_type arf_version details report reporter",
        "abuse abuses complaint complaints klacht klachten spamklacht spamklachten",
        model="Abuse",
        free_text="by",
    ),
)

"""What kind of mail it is: a bounce, or one of the mails people mistake for one. Judged before any reason is sought."""

from __future__ import annotations

import re

from core.checks.bounce.entity import Message
from core.checks.bounce.facts import Kind

_DAEMON = re.compile(
    r"mailer-?daemon|mail delivery (?:sub)?system|postmaster|mail(?:er)? administrator|mail system|microsoft outlook|"
    r"mail delivery service|delivery subsystem|double-bounce|mmdf|bounce-?(?:notification|handler)|microsoftexchange|"
    r"system administrator|mail-?admin|mail\.daemon|no-?reply@.*ses|daemon@|メール配信|メールシステム",
    re.I,
)
_RETURNED = re.compile(
    r"undeliver|non-?deliver|delivery (?:status|failure|fail|has failed|notification|report|problem|error|delay|"
    r"attempt|incomplete|final|unsuccess|warning|expired|temporar|to )|returned (?:mail|message|to sender|e-?mail)|"
    r"failure notice|"
    r"(?:could|can|was)(?: ?not|n.t) (?:be )?(?:delivered|sent|send)|not (?:been )?delivered|"
    r"mail (?:delivery )?(?:failed|failure|error|"
    r"system error|not delivered)|(?:message|mail|e-?mail) (?:status|rejected|delayed|blocked|returned|undeliver|"
    r"delivery)|"
    r"warning: (?:could not|message|e-?mail)|nondeliverable|bounced?\b|unable to deliver|rejected (?:mail|message)|"
    r"ndn:|"
    r"unzustellbar|nicht zugestellt|non remis|[ée]chec de|no (?:se )?(?:ha )?(?:podido )?entreg|mancata consegna|"
    r"devolvid|"
    r"недостав|退信|"
    r"配信(?:不能|不可|でき|エラー|に失敗|失敗|されません|されなかった|遅延|状況)|送信(?:エラー|でき|に失敗|失敗|不能)|"
    r"(?:届け|配達|お届け)(?:る|でき|られ)|不達|返送|エラーメール|差し?戻",
    re.I,
)
_BODY_RETURNED = re.compile(
    r"qmail-send program|wasn.t able to deliver|could not be delivered|was not delivered|(?:was|is) undeliverable|"
    r"delivery (?:has |to )?.{0,60}fail|"
    r"permanent (?:fatal )?errors?|unable to deliver|did not reach|undelivered|could not deliver|couldn.t be delivered|"
    r"mail system at host|transcript of session|returned to (?:you|sender)|diagnostic information for administrators|"
    r"could not be reached|cannot be delivered|not been delivered|unable to send|because:|mail delivery failed|"
    r"(?:rejected|refused) by (?:the )?(?:remote|recipient|destination)|配信(?:でき|され|不能)|送信でき|"
    r"届けられ|お届け|届きません",
    re.I,
)
_AUTO_SUBJECT = re.compile(
    r"^(?:auto(?:matic|mated)?[- ]?(?:reply|response|answer|antwort|re\b)|out of (?:the )?office|vacation|"
    r"away from|on (?:leave|vacation|holiday)|"
    r"i am (?:out|away|on)|absence|abwesen|r[ée]ponse automatique|respuesta autom|risposta automatica|resposta autom|"
    r"(?:re: )?(?:自動(?:応答|返信|回答|送信)|【?自動|不在|休暇|\[auto)|автоответ|自动回复)",
    re.I,
)  # fmt: skip
_AUTO_BODY = re.compile(
    r"out of (?:the )?office|on (?:annual |maternity |sick |parental )?(?:leave|vacation|holiday)|"
    r"limited access to (?:my )?e-?mail|"
    r"automatic(?:ally)? (?:reply|generated reply|response)|auto-?(?:reply|responder)|不在にして|休暇をいただ|"
    r"休業|自動(?:返信|応答)",
    re.I,
)
DELAYED = re.compile(
    r"(?:delivery|message|mail|e-?mail)s? (?:is |has been |was |will be |\S+ )?(?:being )?delayed|delivery delay|"
    r"delay(?:ed)? (?:mail|notification)|"
    r"warning message only|will retry for \d+ more|temporary problem delivering|"
    r"(?:not|n.t) (?:yet )?(?:been )?(?:able to )?(?:be )?deliver(?:ed)? (?:yet|"
    r"for the (?:last|past))|has not yet been|"
    r"(?:will|to) (?:continue|keep) (?:to (?:try|be retried|retry)|trying|attempting)|delivery attempts will continue|"
    r"still (?:trying|being (?:tried|attempted|retried)|in (?:the )?queue)|will (?:be )?(?:retry|retried|try again|"
    r"keep trying)|"
    r"could not send message for (?:the )?past|you do not need to resend|temporary (?:non-)?(?:fatal|transient|"
    r"delivery)|transient non-fatal|"
    r"delivery (?:status notification )?\(delay|遅延|遅れて|再送(?:信)?(?:を)?(?:続|試|しま)|引き続き(?:配信|送信)",
    re.I,
)
GIVEN_UP = re.compile(
    r"giv(?:en|ing) up|not going to try again|permanent(?:ly)? (?:fatal )?(?:error|fail)|permanent error|too old|"
    r"retry timeout exceeded|"
    r"(?:will|not|n.t) (?:be|not) (?:retried|try again|be retried)|delivery (?:has )?failed|expired|undeliverable|"
    r"could not be delivered|断念", re.I
)  # fmt: skip


def structural_kind(message: Message) -> Kind | None:
    """Receipts and spam reports name themselves (RFC 8098, RFC 5965)."""
    types = {part.type for part in message.parts} | {message.type}
    report = message.parameters.get("report-type", "").lower()
    if report == "disposition-notification" or "message/disposition-notification" in types:
        return "read_receipt"
    if report == "feedback-report" or "message/feedback-report" in types:
        return "complaint"
    return None


def comes_from_mail_system(headers: dict[str, str]) -> bool:
    """A mail program wrote it: by sender, by an empty return path, or by naming the failed recipients."""
    return bool(
        "x-failed-recipients" in headers
        or _DAEMON.search(headers.get("from", "")[:400])
        or (headers.get("return-path", "").replace(" ", "") == "<>" and not _is_auto(headers))
    )


def says_returned(headers: dict[str, str]) -> bool:
    """The subject speaks of a mail that did not arrive."""
    return bool(_RETURNED.search(headers.get("subject", "")[:400]))


def body_says_returned(text: str) -> bool:
    """The text speaks of a mail that did not arrive, as mail programs put it."""
    return bool(_BODY_RETURNED.search(text[:6000]))


def is_auto_reply(headers: dict[str, str], text: str) -> bool:
    """An absence notice or another answer by a program that did receive the mail."""
    return bool(_is_auto(headers) or (_AUTO_BODY.search(text[:1500]) and not body_says_returned(text)))


def _is_auto(headers: dict[str, str]) -> bool:
    subject = headers.get("subject", "")[:400]
    if says_returned(headers) and not _AUTO_SUBJECT.search(subject):
        return False
    marked = headers.get("auto-submitted", "").lower().startswith(("auto-replied", "auto-notified"))
    precedence = headers.get("precedence", "").lower() in ("auto_reply", "auto-reply")
    named = headers.keys() & {"x-autoreply", "x-autorespond", "x-auto-reply", "x-autogenerated", "x-autoresponder"}
    return bool(marked or precedence or named or _AUTO_SUBJECT.search(subject))

"""Mail that our own server turns away: by a list it asks, by a rule of its own, or as a stranger's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.clean import clean
from core.diagnosis.clues import Clues, codes_of, critical, value_list
from core.diagnosis.ranking import RISK, ROOT, SUSPICION, Ranked
from core.model import Cause, Certainty

# Where Postfix keeps the domains it takes mail for; a table behind one of them may hold any.
_TAKES = ("mydestination", "relay_domains", "virtual_alias_domains", "virtual_alias_maps", "virtual_mailbox_domains")
_CALLERS, _FAR_MORE = 12, 4  # different ones, turned away for one reason; so many for each letter that got through
_FEW = 3  # different callers, where nobody at all got through
# Reasons that robots are turned away for on any day.
_CAME_BACK = ("mail_log.some_came_back", "mail_log.most_came_back", "mail_log.most_came_back_unclear")
_WITHIN = ("server_trouble", "dns_problem")  # no rule of ours: it could not tell just then
_EVERYDAY = ("user_unknown", "relay_denied", "greylisted", "rate_limited", "login_required", "ip_blocked", "tls_failed")


def own_filter_rejects_all(clues: Clues) -> Iterator[Ranked]:
    """Our own server asks a dead list. One that calls everybody listed turns all mail away; an empty one only waits."""
    using = clues.having("dnsbl.own_server_uses_dead_list", "server_health.own_list_answers_all")
    logged, many = clues.having("mail_log.own_filter_dead"), clues.having("mail_log.own_filter_all")
    zones = value_list(using, "zones") or value_list(using, "zone") or value_list(logged + many, "zones") or ["?"]
    codes = codes_of(using + logged + many)
    if critical(using + logged):
        certainty: Certainty = "confirmed" if using and logged else "likely"
        if clues.seen("server_health.own_list_answers_all"):
            certainty = "confirmed"
        yield ROOT, Cause("own_filter_rejects_all", certainty, "you", codes, {"zones": zones})
    elif clues.about_mail_coming_in and (setting := _unknown_here(clues)):
        refused = clues.having("mail_log.refused_by_us")
        certainty = "likely" if refused else "possible"
        yield ROOT, Cause("own_filter_rejects_all", certainty, "you", codes_of(refused), {"zones": [setting]})
    elif looped := _comes_round_to_itself(clues):
        codes = codes_of(clues.having("mail_log.ordinary", *_CAME_BACK))
        yield ROOT, Cause("own_filter_rejects_all", "possible", "you", codes, {"zones": [looped]})
    elif clues.about_mail_coming_in and (said := _everybody_turned_away(clues)):
        codes = codes_of(clues.having("mail_log.refused_by_us"))
        yield SUSPICION, Cause("own_filter_rejects_all", "possible", "you", codes, {"zones": [said]})
    elif clues.about_mail_coming_in and (zones := _list_turns_all_away(clues)):
        codes = codes_of(clues.having("mail_log.refused_by_us"))
        yield SUSPICION, Cause("own_filter_rejects_all", "possible", "you", codes, {"zones": zones})
    elif many:
        yield SUSPICION, Cause("own_filter_rejects_all", "possible", "you", codes, {"zones": zones})
    elif using or logged:
        yield RISK, Cause("own_filter_rejects_all", "possible", "you", codes, {"zones": zones})


def _unknown_here(clues: Clues) -> str | None:
    """The setting in which our domain is missing: mail is led to this Postfix, and it takes it for a stranger's."""
    health, domain = clues.health, (clues.context.target.domain or "").lower()
    told = {name.removeprefix("main.cf: "): value.lower() for name, value in health.settings} if health else {}
    if not health or not domain or not health.takes_mail_here or "mydestination" not in told:
        return None
    words = {word for name in _TAKES for word in re.split(r"[,\s]+", told.get(name, ""))}
    hidden = any(":" in word or word.startswith(("$", "/")) for word in words)
    return None if hidden or domain in words else "Postfix: mydestination"


def _comes_round_to_itself(clues: Clues) -> str | None:
    """What our server says of mail for our own domain that the DNS leads back to it: it does not know the domain."""
    domain = (clues.context.target.domain or "").lower()
    loops = [one for one in (clues.log.refusals if clues.log else ()) if one.reason == "mail_loop"]
    ours = [one for one in loops if domain and domain in one.example.lower()]
    return clean(ours[0].example, 80) if ours and not clues.sending_alone else None


def _list_turns_all_away(clues: Clues) -> list[str]:
    """The lists by which everybody who called was turned away, with not one letter taken in between or since."""
    log = clues.log
    streak = log.own_filter if log else None
    if not log or not streak or not streak.open or streak.names < _FEW or log.sent > log.delivered_outside:
        return []
    asked = [each for each in log.refusals if each.by == "us" and each.reason == "ip_blocked"]
    return list(dict.fromkeys(clean(each.where, 80) for each in asked if each.where))


def _everybody_turned_away(clues: Clues) -> str | None:
    """What a rule of our own says to so many different callers, while hardly a letter is put into a mailbox here."""
    log = clues.log
    if not log:
        return None
    ours = [each for each in log.refusals if each.by == "us" and each.reason not in (*_EVERYDAY, *_WITHIN)]
    most = max(ours, key=lambda each: each.hosts, default=None)
    put_away = log.sent - log.delivered_outside
    return clean(most.example, 80) if most and most.hosts >= _CALLERS and most.count >= _FAR_MORE * put_away else None

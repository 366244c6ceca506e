"""The server all mail leaves through, from the settings of each make."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.checks.server_health.smart_host import smart_host
from core.clients.ssh import Section, ServerReading

EXIM = "dc_eximconfig_configtype='smarthost'\ndc_smarthost='smtp.provider.example::587'\n"
OPENSMTPD = 'action "out" relay host smtp+tls://gate@smtp.provider.example:587 auth <secrets>\n'
SENDMAIL = "== /etc/mail/sendmail.mc\ndefine(`SMART_HOST', `esmtp:[smtp.provider.example]')dnl\n"


@pytest.mark.parametrize(
    ("section", "text", "name", "login"),
    [
        ("postfix_effective", "relayhost = [smtp.provider.example]:587\n", "[smtp.provider.example]:587", False),
        ("postfix_effective", "relayhost = a\nsmtp_sasl_auth_enable = yes\n", "a", True),
        ("postfix_effective", "relayhost =\n", None, None),
        ("postfix_effective", "relayhost = $mydomain\n", None, None),
        ("exim_options", EXIM, "smtp.provider.example:587", None),
        ("exim_options", EXIM.replace("'smarthost'", "'internet'"), None, None),
        ("exim_options", EXIM.replace("smtp.provider.example::587", ""), None, None),
        ("opensmtpd_relay", OPENSMTPD, "smtp.provider.example:587", True),
        ("opensmtpd_relay", 'action "out" relay host "smtps://192.0.2.9"\n', "192.0.2.9", False),
        ("opensmtpd_relay", 'action "relay" relay\naction "in" maildir\n# action x relay host y\n', None, None),
        ("sendmail_files", SENDMAIL, "smtp.provider.example", None),
        ("sendmail_files", "dnl define(`SMART_HOST', `old.example')dnl\n", None, None),
    ],
)
def test_the_way_out(section: str, text: str, name: str | None, login: bool | None) -> None:
    found = Section(section, tuple(text.splitlines()), 0, True)
    assert smart_host(ServerReading({section: found}, True, datetime(2026, 11, 22, tzinfo=UTC))) == (name, login)

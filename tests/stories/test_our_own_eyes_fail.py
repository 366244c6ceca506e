"""見えないだけ。 What the app looks with is broken, not the mail: it says "could not look" and names no cause."""

from __future__ import annotations

import pytest

from tests.stories.company import Company, OpenCompany, Told

pytestmark = [pytest.mark.story, pytest.mark.slow]
READS_SERVER = ("mail_queue", "mail_log", "server_health")
# What may be said of a healthy company with a self-made certificate of which half was not seen.
HARMLESS = {"nothing_found", "could_not_look", "certificate_expired"}


def could_not_look(told: Told, *checks: str) -> None:
    """These checks say so, nothing is critical, and no cause is made of it."""
    for check in checks:
        result = told.result(check)
        said = {one["severity"] for one in result["findings"]}
        assert result["severity"] == "unknown" or said == {"unknown"}, told.summary
    assert not told.critical, told.summary
    assert set(told.causes) <= HARMLESS, told.summary
    assert told.first["code"] != "certificate_expired" or told.first["certainty"] == "possible"


def test_the_login_never_answers(company: OpenCompany) -> None:
    """The company's firewall swallows ssh from home."""
    office = company("pf-closed")
    office.firewall("add table inet f; add chain inet f i { type filter hook input priority 0; }")
    office.firewall("add rule inet f i tcp dport 22 drop")
    told = office.check()
    could_not_look(told, *READS_SERVER)
    assert told.result("mail_queue")["problem"]["code"].startswith("ssh."), told.summary
    assert told.seconds < 120


def test_the_login_is_refused(company: OpenCompany) -> None:
    """The key was taken out when the last admin left."""
    office = company("pf-closed")
    office.server.shell("rm -f /root/.ssh/authorized_keys")
    told = office.check()
    could_not_look(told, *READS_SERVER)
    assert told.result("mail_log")["problem"]["code"] == "ssh.permission_denied"


@pytest.mark.parametrize(
    ("tool", "check"),
    [("postqueue", "mail_queue"), ("df", "server_health"), ("ss", ""), ("getent", ""), ("postconf", "")],
)
def test_a_tool_of_the_server_talks_nonsense(company: OpenCompany, tool: str, check: str) -> None:
    """A broken update, or somebody's wrapper: the tool prints what no version of it ever printed."""
    office = company("pf-closed")
    garbage(office, tool)
    told = office.check()
    could_not_look(told, *([check] if check else []))


def garbage(office: Company, tool: str) -> None:
    """Put a program in its place that prints random bytes and fails."""
    office.server.shell(
        f"path=$(command -v {tool}); rm -f $path; "
        "printf '#!/bin/sh\\nhead -c 3000 /dev/urandom; echo; echo Segmentation fault; exit 139\\n' > $path; "
        "chmod 755 $path"
    )


def test_the_tool_hangs(company: OpenCompany) -> None:
    """The queue stands on a network disk that does not answer."""
    office = company("pf-closed")
    office.server.shell("p=$(command -v postqueue); rm $p; printf '#!/bin/sh\\nsleep 300\\n' > $p; chmod 755 $p")
    told = office.check()
    could_not_look(told, "mail_queue")
    assert told.result("server_health")["severity"] in ("ok", "warning"), told.summary  # a busy machine is warned of


def test_the_dns_server_never_answers(company: OpenCompany) -> None:
    """The hotel's network swallows every question."""
    office = company("pf-closed")
    told = office.person(
        "--domain", "example.jp", "--mail-host", office.server.address, "--resolver", "192.0.2.66", *office.ssh
    )
    could_not_look(told, "dns_health", "dnsbl", "sender_auth")
    assert told.result("mail_queue")["severity"] == "ok", told.summary

"""平穏な一日。 Nothing is wrong, whatever the mail server is called: nobody is frightened."""

from __future__ import annotations

import pytest

from tests.stories.company import CUSTOMERS, OpenCompany

pytestmark = pytest.mark.story
OTHERS = ("sm-closed", "ex-closed", "os-closed", "pf-login")
KINDS = ["pf-closed", *(pytest.param(kind, marks=pytest.mark.slow) for kind in OTHERS)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_healthy_server_is_never_an_alarm(company: OpenCompany, kind: str) -> None:
    """Mail came in, mail went out, the admin is curious. There is nothing to repair and nothing red."""
    office = company(kind)
    office.gets_mail()
    office.server_sends([f"taro@{name}" for name in CUSTOMERS[:3]])
    told = office.check("--symptom", "checkup")
    assert not told.critical, told.summary
    assert told.first["code"] in ("nothing_found", "certificate_expired"), told.summary
    assert told.first["code"] == "nothing_found" or told.first["certainty"] == "possible"
    told.well("mail_queue", "mail_log", "server_health", "smtp_banner", "open_relay", "dnsbl", "dns_health")
    assert told.result("open_relay")["severity"] == "ok"

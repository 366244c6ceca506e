"""Products built around a mail program: mail in a container, Zimbra, and what Plesk, cPanel and iRedMail leave behind.

The mail program and its queue are real; the product's own tree, and `docker`, stand in (case H19: names that hold
shell characters run nothing).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.servers.lab_server import Server
from tests.stories.test_real_queues import Place
from tests.stories.test_real_queues import place as place

ID = "c0ffee0c0ffe"
# Postfix's tools leave the server's own folders; only `docker exec` finds them, as with a container.
_DOCKER = f"""#!/bin/sh
case "$1 $2" in
  'ps -q') echo {ID}; echo '$(touch /tmp/run)'; echo 'x;touch /tmp/run'; echo '-v';;
  'ps -f') echo '{ID} mailcowdockerized-postfix-mailcow-1';;
  'exec {ID}') shift 2; exec /opt/container/"$@";;
  exec*) touch /tmp/run;;
  *) exit 0;;
esac
"""
_HIDE = "mkdir -p {0}; for p in postqueue postconf mailq; do mv $(command -v $p) {0}/; done"
_DENIED = (
    "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "
    '"http://%2Fvar%2Frun%2Fdocker.sock/v1.50/containers/json": dial unix /var/run/docker.sock: connect: '
    "permission denied"
)


def _write(server: Server, path: str, text: str, mode: str = "755") -> None:
    quoted = text.replace("'", "'\\''")
    server.shell(f"mkdir -p $(dirname {path}); printf '%s' '{quoted}' > {path}; chmod {mode} {path}")


def _into_container(server: Server, docker: str = _DOCKER) -> None:
    server.shell(_HIDE.format("/opt/container") + "; mkdir -p /opt/mailcow-dockerized")
    _write(server, "/usr/bin/docker", docker)


@pytest.mark.parametrize("account", ["root", "admin"])
def test_h19_a_queue_in_a_container_is_read_and_names_run_nothing(place: Callable[[str], Place], account: str) -> None:
    here = place("pf-closed")
    here.server.fill_queue(4)
    _into_container(here.server)
    answer = here.ask(account)
    assert (answer.facts["mta"], answer.facts["total"]) == ("postfix", 4)
    assert "docker exec" in answer.facts["command"]
    assert here.server.shell("ls /tmp/run 2>/dev/null || echo none").strip() == "none"


def test_docker_that_lets_nobody_look_is_permission_denied_though_the_loop_ends_well(
    place: Callable[[str], Place],
) -> None:
    here = place("pf-closed")
    here.server.fill_queue(4)
    _into_container(here.server, f"#!/bin/sh\ncat >&2 <<'E'\n{_DENIED}\nE\nexit 1\n")
    answer = here.ask("admin")
    assert answer.facts["total"] is None
    assert "docker" in answer.finding("mail_queue.permission_denied")["values"]["command"]
    assert answer.status == 3


def test_a_stopped_container_is_a_stopped_mail_program(place: Callable[[str], Place]) -> None:
    here = place("pf-closed")
    _into_container(here.server, "#!/bin/sh\nexit 0\n")
    answer = here.ask()
    assert answer.finding("mail_queue.system_down")["severity"] == "critical"
    assert answer.status == 2


def test_zimbra_keeps_its_tools_in_a_folder_of_its_own(place: Callable[[str], Place]) -> None:
    here = place("pf-closed")
    here.server.fill_queue(3)
    here.server.shell(_HIDE.format("/opt/zimbra/common/sbin"))
    facts = here.ask().facts
    assert (facts["mta"], facts["total"]) == ("postfix", 3)


MARKS = {
    "plesk": ("pf-closed", "/usr/local/psa/version", "postfix"),
    "iredmail": ("pf-closed", "/etc/iredmail-release", "postfix"),
    "cpanel": ("ex-closed", "/usr/local/cpanel/version", "exim"),
}


@pytest.mark.parametrize("product", MARKS)
def test_a_panel_s_server_is_read_like_the_mail_program_it_stands_on(
    place: Callable[[str], Place], product: str
) -> None:
    kind, mark, mta = MARKS[product]
    here = place(kind)
    here.server.fill_queue(3)
    _write(here.server, mark, "1.2.3\n", "644")
    if product == "cpanel":  # its Exim is called exim; no exim4 stands on the path
        here.server.shell("rm -f /usr/sbin/exim; mv /usr/sbin/exim4 /usr/sbin/exim")
    facts = here.ask().facts
    assert (facts["mta"], facts["total"]) == (mta, 3)


COURIERS_HEAD = (
    "Size             Queue ID                                                    Date\n"
    "User             From\nStatus           Recipient\n---------------- ---------------------------\n"
)


def _into_courier(server: Server, *users: str) -> None:
    """Courier's `mailq`, which shows everyone but root only their own mail; the mail program itself is not there."""
    server.shell(_HIDE.format("/opt/elsewhere") + "; mkdir -p /etc/courier")
    _write(server, "/usr/bin/courier", "#!/bin/sh\n")
    rows = [
        f"390              00000000000043F3.000000006B0245DF.{n:08X}                  Nov 22 01:31\n"
        f"{user:<17}{user}@example.jp\n                 x@far.example\n\n"
        for n, user in enumerate(users)
    ]
    for name, kept in (("all", rows), ("own", [row for row in rows if "\nadmin " in row])):
        _write(server, f"/etc/courier/{name}", f"{COURIERS_HEAD}{''.join(kept)}  {len(kept)} messages.\n", "644")
    _write(
        server, "/usr/bin/mailq", '#!/bin/sh\n[ "$(id -u)" = 0 ] && exec cat /etc/courier/all\ncat /etc/courier/own\n'
    )


def test_couriers_list_is_whole_for_root_and_never_called_empty_for_anybody_else(
    place: Callable[[str], Place],
) -> None:
    here = place("pf-closed")
    _into_courier(here.server, "courier", "hanako", "courier")
    root = here.ask("root")
    assert (root.facts["mta"], root.facts["total"], root.facts["shows"]) == ("courier", 3, "all")
    plain = here.ask("admin")
    assert (plain.facts["mta"], plain.facts["total"], plain.facts["shows"]) == ("courier", 0, "own")
    assert "whether more waits is not known" in plain.finding("mail_queue.own_only")["title"]
    assert not {"mail_queue.empty", "mail_queue.normal"} & {each["code"] for each in plain.result["findings"]}

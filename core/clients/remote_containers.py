"""The queue of a Postfix that runs in a container (mailcow, Mailu, docker-mailserver): part of `remote_script`'s list.

`docker ps` only lists; `docker exec` starts one program in a container that runs already, here one that only lists.
A container is named by its number alone, and a number that is none is passed over.
"""

from __future__ import annotations

from core.clients.remote_command import RemoteCommand

# The parts of container names under which the mail program of such products runs.
MAIL_CONTAINERS = ("postfix", "mailserver", "smtp")
_FILTERS = " ".join(f"-f name={name}" for name in MAIL_CONTAINERS)

CONTAINER_SECTIONS: tuple[RemoteCommand, ...] = (
    RemoteCommand("containers", f"docker ps {_FILTERS} --format '{{{{.ID}}}} {{{{.Names}}}}'", "has docker"),
    RemoteCommand(
        "container_queue",
        f"for c in $(docker ps -q {_FILTERS}); do "
        'case $c in *[!0-9a-f]*) ;; *) docker exec "$c" postqueue -j;; esac; done',
        "has docker",
        seconds=25,
        max_bytes=48_000_000,
        max_lines=1_200_000,
    ),
)

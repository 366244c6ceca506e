"""A real Postfix with 100,000 deferred messages, read over a real sshd: held to 1.5 times the server's own listing.

    python tests/bench/queue_over_ssh.py        (as root)

The messages are copies of one that was really deferred, each with a sender, a recipient and a number of its own. The
server's own listing command is run over the same ssh in the same run, and `wc` takes what it prints.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.result import told
from tests.servers.lab import Lab
from tests.servers.lab_server import Server, SshAccess

MESSAGES, RUNS = 100_000, 3
TIMES, MEGABYTES = 1.5, 150
NICE = 15  # the app runs everything on the server at this low priority: on a busy machine both must wait alike
# Each copy keeps the lengths of the original, so that the queue file's records stay whole. The time of a file in
# `deferred` is when Postfix tries again: tomorrow, so that it does not work while it is measured.
_COPIES = r"""
use strict;
my ($count) = @ARGV;
chdir "/var/spool/postfix" or die;
my ($id) = map { m#/([^/]+)$# } glob("deferred/*/*");
my %kept;
for my $kind ("deferred", "defer") {
    my ($path) = glob("$kind/*/$id");
    open(my $in, "<:raw", $path) or die $path;
    local $/; $kept{$kind} = [<$in>, (stat $path)[2] & 07777, (stat $path)[4, 5]];
}
for my $n (1 .. $count - 1) {
    my $new = sprintf("%X%07X", $n % 16, $n);
    my $domain = sprintf("%03d", $n % 1000);
    for my $kind ("deferred", "defer") {
        my ($text, $mode, $uid, $gid) = @{$kept{$kind}};
        $text =~ s/guest000000\@far/sprintf("guest%06d\@f%s", $n, substr($domain, 0, 2))/ge;
        $text =~ s/sales000/sprintf("sales%03d", $n % 40)/ge;
        my $folder = "$kind/" . substr($new, 0, 1);
        mkdir $folder, 0700; chown $uid, $gid, $folder;
        open(my $out, ">:raw", "$folder/$new") or die; print $out $text; close $out;
        chmod $mode, "$folder/$new"; chown $uid, $gid, "$folder/$new";
        utime time + 86400, time + 86400, "$folder/$new" if $kind eq "deferred";
    }
}
"""


def filled(lab: Lab) -> tuple[Server, SshAccess]:
    """A Postfix with the queue, and the way in."""
    server = lab.server("pf-closed")
    server.fill_queue(1, sender="sales000@example.jp", recipients=["guest000000@far.example"])
    server.run(["perl", "-e", _COPIES, str(MESSAGES)], timeout=300)
    return server, server.start_sshd()


def own_listing(lab: Lab, where: str, config: Path) -> float:
    """Seconds of `postqueue -j` over ssh, its output taken by `wc`."""
    begun = time.perf_counter()
    shell = f"ssh -F {config} -o BatchMode=yes -- {where} nice -n {NICE} postqueue -j | wc -l"
    counted = lab.outside.run(["sh", "-c", shell]).stdout
    seconds = time.perf_counter() - begun
    if int(counted) != MESSAGES:
        raise RuntimeError(f"{counted} messages instead of {MESSAGES}")
    return seconds


_MEASURED = """
import json, resource, subprocess, sys, time
begun = time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True, stdin=subprocess.DEVNULL)
seconds = time.perf_counter() - begun
megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
(result,) = json.loads(done.stdout)["results"]
if result["problem"]: sys.exit(json.dumps(result["problem"])[:2000])
print(json.dumps([seconds, megabytes, result["facts"]["total"], result["facts"]["complete"]]))
"""


def our_reading(lab: Lab, where: str, config: Path) -> tuple[float, float]:
    """Seconds and megabytes of the command from its start to its end, and the most megabytes it held."""
    check = [sys.executable, "-m", "core", "check", "--json", "--only", "mail_queue", "--ssh", where]
    with tempfile.TemporaryDirectory(prefix="mfa-home-") as home:
        said = lab.outside.run(
            [sys.executable, "-c", _MEASURED, *check, "--ssh-config", str(config)],
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": home},
        ).stdout
    seconds, megabytes, total, complete = json.loads(said)
    if (total, complete) != (MESSAGES, True):
        raise RuntimeError(f"{total} messages, complete {complete}")
    return seconds, megabytes


def main() -> int:
    """0 when the promise was kept."""
    if os.geteuid() != 0:
        print("queue over ssh: needs root (a real mail server in namespaces)", file=sys.stderr)
        return 0
    with Lab() as lab:
        server, door = filled(lab)
        try:
            where = f"root@{server.address}"
            pairs = [(own_listing(lab, where, door.config), our_reading(lab, where, door.config)) for _ in range(RUNS)]
        finally:
            server.stop()
    own = statistics.median(listing for listing, _ in pairs)
    seconds = statistics.median(ours[0] for _, ours in pairs)
    megabytes = max(ours[1] for _, ours in pairs)
    beside = f"postqueue -j {own:.2f} s"
    fast = told(
        f"Postfix over ssh, {MESSAGES:,} messages", f"{seconds:.2f} s", beside, seconds / own, f"<= {TIMES} times",
        seconds <= TIMES * own,
    )  # fmt: skip
    small = told("the same, memory", f"{megabytes:.0f} MB", goal=f"< {MEGABYTES} MB", kept=megabytes < MEGABYTES)
    return 0 if fast and small else 1


if __name__ == "__main__":
    sys.exit(main())

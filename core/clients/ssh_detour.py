"""Where ssh's own settings lead, and how to get there on a line without IPv4 (NAT64, see `line`).

A name is no trouble there: the line's DNS makes up an address. A server entered as an IPv4 address, or to which the
person's settings give one (HostName), has no way; ssh is then told the translator's address. The host key stays under
the name it has, so that a server known at the office is known here and an unknown one is asked about.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable

from core.clients.line import Family, carries, missing_family
from core.clients.program import start_program
from core.clients.ssh_command import Way, way
from core.clients.ssh_system import System

# An IPv4 address -> the address to connect to.
WayTo = Callable[[str], Awaitable[str]]
_PRINTED_BYTES = 262_144
_PRINT_SECONDS = 6.0
_SSH_PORT = 22


async def printed_way(argv: list[str], system: System) -> Way | None:
    """Where ssh would connect, as it prints it (`-G`); None when it prints nothing usable."""
    return way(await _printed(argv, system))


async def detour(argv: list[str], system: System, way_to: WayTo | None) -> tuple[str, ...]:
    """Options that lead ssh through the line's translator; none where the line needs or has no such way.

    `argv` makes ssh print its settings.
    """
    if way_to is None or carries("IPv4"):
        return ()
    return await around(await printed_way(argv, system), way_to)


async def around(found: Way | None, way_to: WayTo) -> tuple[str, ...]:
    """The same for a way already known. A jump host decides itself how it gets on."""
    if found is None or found.proxied or not _is_ipv4(found.host):
        return ()
    address = await way_to(found.host)
    return () if address == found.host else _instead(found, address)


def lacking_family(host: str) -> Family | None:
    """The kind of address this line lacks for `host`; None for a name, and when that is not the reason."""
    try:
        return missing_family(str(ipaddress.ip_address(host.partition("%")[0])))
    except ValueError:
        return None


def _instead(found: Way, address: str) -> tuple[str, ...]:
    """ssh_config(5): an alias stands in known_hosts as it is, so it carries the port as ssh itself would write it."""
    known_as = found.host if found.port == _SSH_PORT else f"[{found.host}]:{found.port}"
    alias = () if found.has_alias else ("-o", f"HostKeyAlias={known_as}")
    return ("-o", f"HostName={address}", *alias)


def _is_ipv4(host: str) -> bool:
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


async def _printed(argv: list[str], system: System) -> str:
    try:
        process = await start_program(argv, {}, system.start_options(), threaded=system.threaded)
    except OSError:
        return ""  # who needs ssh itself hears of it
    printed = b""
    try:
        async with asyncio.timeout(_PRINT_SECONDS):
            while chunk := await process.read_output():
                printed = (printed + chunk)[:_PRINTED_BYTES]
            await process.wait()
    except TimeoutError:
        return ""
    finally:
        if process.returncode is None:
            system.end(process, by_force=True)
            await process.wait()
        process.release()
    return printed.decode("utf-8", "replace")

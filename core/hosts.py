"""Host names and addresses in one canonical spelling, so that two of them can be compared."""

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

ANY = "*"
SUBDOMAINS = "*."
LARGEST_PORT = 65535
# A name, an IPv4 address or an IPv6 address in brackets, then perhaps a port. Neither a user nor a path.
AUTHORITY = re.compile(r"(?:\[(?P<address>[0-9A-Fa-f:.]+)\]|(?P<name>[\w.-]+))(?::(?P<port>[0-9]{1,5}))?")
# Only some spelling of an address matches: no name ends in a number.
NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")


def host_of(authority: str) -> str | None:
    """Returns the host of `host`, `host:port` or `[address]:port` in canonical spelling; None if it is invalid.

    Args:
        authority: as in a `Host` header or a URL.
    """
    found = AUTHORITY.fullmatch(authority)
    if found is None or int(found["port"] or 0) > LARGEST_PORT:
        return None
    if found["address"]:
        return _address(found["address"])
    # A trailing dot only says that a name is complete.
    name = found["name"].removesuffix(".").lower()
    if NUMBER.fullmatch(name.rpartition(".")[2]):
        return _address(name)
    return _name(name)


def host_of_url(url: str) -> str | None:
    """Returns the host of a URL or an `Origin` header; None if it has none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return host_of(parts.netloc) if parts.scheme in ("http", "https") else None


def named_host(text: str) -> str | None:
    """Returns the host given in a setting, which may be a pattern; None if it is invalid.

    Args:
        text: a host, with or without a port, or a URL; `*.example.com` stands for all names that end like this.
    """
    if text == ANY:
        return ANY
    if text.startswith(SUBDOMAINS):
        host = host_of(text.removeprefix(SUBDOMAINS))
        return host and f"{SUBDOMAINS}{host}"
    if "://" in text:
        return host_of_url(text)
    if text.count(":") > 1 and not text.startswith("["):
        return _address(text)
    return host_of(text)


def is_among(host: str, names: Iterable[str]) -> bool:
    """Returns whether a host is one of these.

    Args:
        host: as `host_of` spells it.
        names: as `named_host` spells them, patterns included.
    """
    return any(
        name in (ANY, host) or (name.startswith(SUBDOMAINS) and host.endswith(name.removeprefix(ANY))) for name in names
    )


def _address(text: str) -> str | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


def _name(name: str) -> str | None:
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    return name if all(name.split(".")) else None

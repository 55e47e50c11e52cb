"""How the web chat is reached and by whom: values only, read by the composition root."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from bot.platforms.web.errors import WebError


@dataclass(frozen=True, slots=True)
class WebOptions:
    """Settings of the web chat (`web.*`)."""

    host: str = "127.0.0.1"
    port: int = 8080
    token: str | None = None
    """What a person enters once before the chat opens; needed as soon as it is exposed."""
    admin_token: str | None = None
    """Entered instead of `token`, it makes the person an admin. On loopback everyone is one."""
    hosts: tuple[str, ...] = ()
    """Further names under which the chat is reached (behind a proxy); they expose it."""
    max_text: int = 20_000
    """Characters of one message."""
    max_body: int = 256 * 1024
    """Bytes of one request."""
    course: str = ""
    """The course's title, shown in the page's header."""

    @property
    def exposed(self) -> bool:
        """Whether anything but this machine may reach it."""
        return not all(is_loopback(name) for name in (self.host, *self.hosts))

    def check(self) -> None:
        """Refuses to be exposed without a token (`web.error.token_required`)."""
        if self.exposed and not self.token:
            raise WebError("web.error.token_required", host=self.host, setting="web.token")

    def allows(self, host: str) -> bool:
        """Whether a request's `Host` header names us; else it may be a rebound DNS name."""
        name = host_name(host)
        if is_loopback(name) or name in {self.host.lower(), *(one.lower() for one in self.hosts)}:
            return True
        # Bound to every address without names given: the token guards, and a cookie of ours is
        # never sent to a foreign name that was rebound to this address.
        return self.exposed and not self.hosts and is_wildcard(self.host)


def is_loopback(host: str) -> bool:
    """Whether a name or address means this machine alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_wildcard(host: str) -> bool:
    """Whether an address stands for all of the machine's addresses."""
    try:
        return ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return host == ""


def host_name(header: str) -> str:
    """The name in a `Host` header, without its port."""
    header = header.strip().lower()
    if header.startswith("["):
        return header[1:].partition("]")[0]
    return header.partition(":")[0]

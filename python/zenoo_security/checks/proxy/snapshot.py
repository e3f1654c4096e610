"""What the checks of the proxy look at: the servers of nginx that pass requests on, and the options of Odoo."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from zenoo_security.checks.odoo_conf.snapshot import OdooConf, read_conf
from zenoo_security.checks.patterns import PatternError, matches
from zenoo_security.checks.proxy.nginx import Directive, Tree, read_nginx

if TYPE_CHECKING:
    from zenoo_security.checks.view import Progress, Target

__all__ = ["Location", "Proxy", "Server", "load"]

_INHERITED: Final = frozenset(
    {
        *("add_header", "client_max_body_size", "limit_req", "proxy_cookie_flags", "proxy_cookie_path"),
        *("proxy_set_header", "ssl_ciphers", "ssl_protocols", "server_tokens", "auth_basic", "allow", "deny"),
        *("limit_req_dry_run", "satisfy"),
    }
)
_CHALLENGE: Final = "/.well-known/acme-challenge"
"""What a program for certificates answers (RFC 8555), without TLS and beside Odoo."""


@dataclass(frozen=True)
class Location:
    """A location with the directives that hold in it, those of the blocks around it included.

    Attributes:
        modifier: `=`, `~`, `~*`, `^~`, `@` or nothing.
        path: the path or pattern.
        directives: name -> directives; nginx takes those of the innermost block that has any.
        block: the location itself, or the server.
    """

    modifier: str
    path: str
    directives: dict[str, list[Directive]]
    block: Directive

    def values(self, name: str) -> list[tuple[str, ...]]:
        """The arguments of the directives of a name that hold here."""
        return [one.arguments for one in self.directives.get(name, [])]

    def matches(self, path: str) -> bool:
        """Whether it may answer a path."""
        if self.modifier == "=":
            return path == self.path
        if self.modifier in {"~", "~*"}:
            return _search(self.path, path, ignore_case=self.modifier == "~*")
        return path.startswith(self.path)

    @property
    def is_followed(self) -> bool:
        """Whether it can be said which paths it answers."""
        try:
            matches(self.path if self.modifier in {"~", "~*"} else "", "")
        except PatternError:
            return False
        return True

    @property
    def refuses(self) -> bool:
        """Whether nobody from outside gets an answer."""
        returned = [arguments[0] for arguments in self.values("return") if arguments]
        denied = ("all",) in self.values("deny") and ("all",) not in self.values("allow")
        denied = denied and ("any",) not in self.values("satisfy")
        return denied or bool(self.values("internal")) or any(re.fullmatch(r"4\d\d", code) for code in returned)


@dataclass(frozen=True)
class Server:
    """A server block."""

    block: Directive
    whole: Location
    locations: tuple[Location, ...]

    @property
    def is_tls(self) -> bool:
        """Whether it answers over TLS."""
        listens = self.whole.values("listen")
        return any("ssl" in words or "quic" in words for words in listens) or ("on",) in self.whole.values("ssl")

    @property
    def name(self) -> str:
        """What people call it: its first name, else where it listens."""
        words = [word for name in ("server_name", "listen") for given in self.whole.values(name) for word in given]
        return words[0] if words else "server"

    @property
    def plain_listens(self) -> list[str]:
        """Where it answers without TLS, but for this machine."""
        if ("on",) in self.whole.values("ssl"):
            return []
        listens = self.whole.values("listen") or [("80",)]
        plain = [words[0] for words in listens if words and not {"ssl", "quic"}.intersection(words)]
        return [place for place in plain if not place.startswith(("127.", "[::1]", "unix:", "localhost"))]

    @property
    def passing(self) -> list[Location]:
        """The locations that hand requests to Odoo. A server that returns does so before it looks at them."""
        passing = [one for one in self.locations if _hands_on(one.block) and not one.path.startswith(_CHALLENGE)]
        return [] if self.block.every("return") else passing

    def at(self, path: str) -> Location:
        """The location that answers a path, by the rules of nginx: exact, longest prefix, patterns in their order."""
        exact = [one for one in self.locations if one.modifier == "=" and one.path == path]
        if exact:
            return exact[0]
        prefixes = [one for one in self.locations if one.modifier in {"", "^~"} and one.matches(path)]
        longest = max(prefixes, key=lambda one: len(one.path), default=None)
        if longest is not None and longest.modifier == "^~":
            return longest
        patterns = [one for one in self.locations if one.modifier in {"~", "~*"} and one.matches(path)]
        return patterns[0] if patterns else longest or self.whole


@dataclass(frozen=True, repr=False)
class Proxy:
    """nginx, and the Odoo behind it where its file was given as well."""

    tree: Tree
    servers: tuple[Server, ...]
    conf: OdooConf | None = None

    @property
    def file(self) -> str:
        """The main file."""
        return self.tree.file

    @property
    def secrets(self) -> tuple[str, ...]:
        """A configuration of nginx names files of keys and holds none."""
        return ()


def load(target: Target, progress: Progress) -> Proxy:
    """The snapshot of a target.

    Raises:
        ConfigurationError: a file cannot be read, or is none.
    """
    del progress
    if target.proxy is None:
        raise TypeError("no proxy")
    tree = read_nginx(target.proxy)
    servers = tuple(_server(block, around) for block, around in _servers(tree.root, {}))
    conf = read_conf(target.conf, target.environ, target.odoo_arguments, proxied=True) if target.conf else None
    return Proxy(tree, servers, conf)


def _servers(
    block: Directive, around: dict[str, list[Directive]]
) -> list[tuple[Directive, dict[str, list[Directive]]]]:
    found = []
    holding = _holding(block, around)
    for one in block.block or ():
        if one.name == "server" and one.block is not None:
            found.append((one, holding))
        elif one.name in {"http", "stream"}:
            found += _servers(one, holding)
    return found


def _server(block: Directive, around: dict[str, list[Directive]]) -> Server:
    return Server(block, Location("", "/", _holding(block, around), block), tuple(_locations(block, around)))


def _locations(block: Directive, around: dict[str, list[Directive]]) -> list[Location]:
    holding = _holding(block, around)
    found = []
    for one in block.every("location"):
        *modifiers, path = one.arguments or ("/",)
        modifier = modifiers[0] if modifiers else "@" if path.startswith("@") else ""
        found.append(Location(modifier, path, _holding(one, holding), one))
        found += _locations(one, holding)
    return found


def _holding(block: Directive, around: dict[str, list[Directive]]) -> dict[str, list[Directive]]:
    """What holds in a block: its own directives, and of the inherited ones those it does not have itself."""
    own: dict[str, list[Directive]] = {}
    for one in block.block or ():
        own.setdefault(one.name, []).append(one)
    return {**{name: given for name, given in around.items() if name in _INHERITED}, **own}


def _hands_on(block: Directive) -> bool:
    """Itself, or in an `if`; a location in it stands for itself."""
    inner = (one for one in block.block or () if one.name in {"if", "limit_except"})
    return bool(block.every("proxy_pass")) or any(map(_hands_on, inner))


def _search(pattern: str, path: str, *, ignore_case: bool) -> bool:
    try:
        return matches(pattern, path, ignore_case=ignore_case)
    except PatternError:
        return False

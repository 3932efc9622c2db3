"""The configuration: what a site or a person may change, strictly read.

Looked for in this order: `--config`, the environment's TECHKIT_CONFIG, the person's file, the machine's file.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from techkit import inputs, store
from techkit.inputs import InputError
from techkit.model import Text  # noqa: TC001 - msgspec reads the annotations

T = TypeVar("T")


class ConfigError(InputError):
    """A mistake in the configuration."""


class PageTarget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plain http page whose answer is known; `expect` is how its body begins, nothing for status 204."""

    url: str
    expect: str = ""


class AddressTarget(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A public address that accepts connections."""

    address: str
    port: int = 443


class Connectivity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked to learn whether the network works: several owners, so that no single one decides."""

    names: tuple[str, ...] = ("example.com", "www.wikipedia.org", "www.kernel.org")
    pages: tuple[PageTarget, ...] = (
        PageTarget("http://detectportal.firefox.com/success.txt", "success"),
        PageTarget("http://connectivity-check.ubuntu.com/", ""),
        PageTarget("http://nmcheck.gnome.org/check_network_status.txt", "NetworkManager is online"),
        PageTarget("http://www.msftconnecttest.com/connecttest.txt", "Microsoft Connect Test"),
    )
    tls: tuple[str, ...] = ("www.wikipedia.org", "www.mozilla.org", "www.kernel.org")
    addresses: tuple[AddressTarget, ...] = (
        AddressTarget("1.1.1.1"),
        AddressTarget("8.8.8.8"),
        AddressTarget("9.9.9.9"),
    )
    addresses_six: tuple[AddressTarget, ...] = (
        AddressTarget("2606:4700:4700::1111"),
        AddressTarget("2001:4860:4860::8888"),
    )
    time: tuple[str, ...] = ("pool.ntp.org", "time.cloudflare.com")


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    r"""Something that this company's people need.

    `target` is host:port, a URL for http, \\server\folder for a share, a name or an address for a printer.
    """

    name: str
    title: Text
    kind: Literal["tcp", "tls", "http", "share", "printer"]
    target: str


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole configuration. `site` names a file with more `service`s, shared by a company."""

    language: Literal["", "en", "ru"] = ""
    packs: tuple[str, ...] = ()
    site: str = ""
    limits: dict[str, dict[str, Any]] = {}
    connectivity: Connectivity = Connectivity()
    service: tuple[Service, ...] = ()

    def answers(self) -> dict[str, Any]:
        """What `Host.site` tells the checks."""
        told: dict[str, Any] = msgspec.to_builtins(self.connectivity)
        return told | {"services": msgspec.to_builtins(self.service)}


class Site(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The site file."""

    service: tuple[Service, ...] = ()


def load(asked: str = "") -> Settings:
    """Read the configuration; nothing found means the defaults. Raises `ConfigError`."""
    named = asked or os.environ.get("TECHKIT_CONFIG", "")
    file = Path(named) if named else next((place for place in store.configurations() if place.is_file()), None)
    if file is None:
        return Settings()
    settings = _read(file, Settings)
    if settings.site:
        shared = _read(file.parent / settings.site, Site)
        settings = msgspec.structs.replace(settings, service=(*shared.service, *settings.service))
    return settings


def _read(file: Path, kind: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(inputs.text(file)), kind)
    except OSError as error:
        raise ConfigError("file", file=file, why=error) from error
    except ValueError as error:
        raise ConfigError("file", file=file, why=error) from error

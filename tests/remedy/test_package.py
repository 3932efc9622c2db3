"""Package managers: the right words for each, and never a removal."""

from __future__ import annotations

from typing import Any

import pytest
from hosts import given

from techkit.host import ProbeError
from techkit.model import Reason, Step
from techkit.remedy import actions
from techkit.remedy.actions import ActionError, package

REMOVING = {"remove", "purge", "autoremove", "erase", "del", "-R", "-e", "--allowerasing", "--force-resolution"}


def step(**args: object) -> Step:
    return Step("x", "x", "package", dict(args))


def host(manager: str, **more: Any) -> Any:
    here, _ = package.MANAGERS[manager]
    every = {name for names, _ in package.MANAGERS.values() for name in names}
    answers: dict[tuple[Any, ...], Any] = {
        ("which", name): f"/usr/bin/{name}" if name in here else None for name in every
    }
    return given(answers | more.get("answers", {}))


@pytest.mark.parametrize("manager", package.MANAGERS)
def test_no_manager_is_ever_told_to_remove(manager: str) -> None:
    for argv in package.MANAGERS[manager][1].values():
        assert not REMOVING & set(argv)


@pytest.mark.parametrize(
    ("manager", "wish", "argv"),
    [
        ("apk", {"what": "repair"}, ["apk", "fix"]),
        ("dnf", {"what": "upgrade"}, ["dnf", "-y", "upgrade"]),
        ("dnf", {"what": "reinstall", "names": "{package}"}, ["dnf", "-y", "reinstall", "openssl"]),
        ("zypper", {"what": "lists"}, ["zypper", "--non-interactive", "refresh", "--force"]),
        ("pacman", {"what": "upgrade"}, ["pacman", "-Syu", "--noconfirm"]),
        ("apt-rpm", {"what": "lists"}, ["apt-get", "update"]),
    ],
)
def test_each_manager_in_its_own_words(manager: str, wish: dict[str, object], argv: list[str]) -> None:
    change = actions.prepare(step(**wish), {"package": "openssl"}, host(manager))
    assert change.after["argv"] == argv
    assert not change.undoable


def test_apt_tells_beforehand_what_it_will_touch() -> None:
    argv = ("apt-get", "--simulate", *package.MANAGERS["dpkg"][1]["upgrade"][1:], "openssl", "curl")
    said = {"code": 0, "err": "", "out": "Inst openssl [1] (2 x)\nInst curl [1] (2 x)\nConf openssl (2 x)\n"}
    change = actions.prepare(
        step(what="upgrade", names="{packages}"),
        {"packages": ("openssl", "curl")},
        host("dpkg", answers={("run", *argv): said}),
    )
    assert change.shown[1].names == {"names": ("openssl", "curl"), "number": 2}


def test_apt_refusing_is_an_obstacle() -> None:
    argv = ("apt-get", "--simulate", *package.MANAGERS["dpkg"][1]["repair"][1:])
    said = {"code": 100, "out": "", "err": "E: Packages need to be removed but remove is disabled.\n"}
    with pytest.raises(ActionError) as caught:
        actions.prepare(step(what="repair"), {}, host("dpkg", answers={("run", *argv): said}))
    assert "remove is disabled" in str(caught.value.shown.names["why"])


def test_nothing_unfinished_needs_nothing() -> None:
    query = ("run", "dpkg-query", "-W", "-f", "${db:Status-Abbrev}\t${binary:Package}\n")
    waiting = ("listdir", "/var/lib/dpkg/updates")
    clean = host("dpkg", answers={query: {"code": 0, "err": "", "out": "ii \ta\nrc \tb\n"}, waiting: []})
    assert actions.prepare(step(what="configure"), {}, clean).shown == ()
    half = host("dpkg", answers={query: {"code": 0, "err": "", "out": "ii \ta\niF \tb\n"}, waiting: []})
    assert actions.prepare(step(what="configure"), {}, half).shown[1].names["names"] == ("b",)
    cut = host("dpkg", answers={query: {"code": 0, "err": "", "out": "ii \ta\n"}, waiting: ["0001"]})
    assert actions.prepare(step(what="configure"), {}, cut).shown
    blind = host("dpkg", answers={query: ProbeError(Reason.TIMEOUT, "dpkg-query")})
    with pytest.raises(ActionError):
        actions.prepare(step(what="configure"), {}, blind)


@pytest.mark.parametrize("name", ["-y", "a b", "a;b", "$(x)", "a\nb", "", "../x", "x" * 4000, "http://x", None, 3.5])
def test_what_is_no_name_is_refused(name: Any) -> None:
    for names in (name, (name, "openssl")):
        with pytest.raises(ActionError):
            actions.prepare(step(what="reinstall", names="{names}"), {"names": names}, host("dnf"))


@pytest.mark.parametrize(
    "args",
    [
        {"what": "remove"},
        {"what": "reinstall"},
        {"what": "repair", "names": "x"},
        {"what": "upgrade", "names": "a b"},
    ],
)
def test_what_does_not_load(args: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=" "):
        actions.parse(step(**args))


def test_a_machine_without_a_manager() -> None:
    nothing = given({("which", name): None for names, _ in package.MANAGERS.values() for name in names})
    with pytest.raises(ActionError, match="no_manager"):
        actions.prepare(step(what="lists"), {}, nothing)

"""Network: on a real interface in a network of its own, there and back; elsewhere, the words for each keeper."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT
from hosts import Given

from techkit.host import Host
from techkit.model import Step
from techkit.remedy import actions
from techkit.remedy.actions import ActionError, network

if TYPE_CHECKING:
    from pathlib import Path

LINUX = pytest.mark.skipif(sys.platform == "win32", reason="the keepers of Linux")
STATE: dict[str, Any] = {"up": True, "mtu": 1500, "addresses": [], "routes": []}


def step(what: str, **args: Any) -> Step:
    return Step("x", "x", "network", {"what": what, "interface": "{interface}", **args})


class Keeper(Given):
    """A machine on which only these programs are, with these answers."""

    def __init__(self, *programs: str, **answers: Any) -> None:
        super().__init__(answers.get("answers", {}))
        self._programs = programs

    def answer(self, question: str, args: list[Any], timeout: float) -> Any:
        if question == "which":
            return args[0] if args[0] in self._programs else None
        if question in {"stat", "read", "listdir"} and (question, *args) not in self._answers:
            from techkit.host import ProbeError
            from techkit.model import Reason

            raise ProbeError(Reason.MISSING, args[0])
        return super().answer(question, args, timeout)


# ---------------------------------------------------------------------- on a real interface
WORLD = """
set -e
mount -t sysfs none /sys
ip link add lan0 type veth peer name far0
ip link set far0 up
ip link set lan0 mtu 1400 up
ip address add 10.5.0.2/24 brd + dev lan0
ip route add default via 10.5.0.1 dev lan0 metric 100
ip route add 192.0.2.0/24 via 10.5.0.9 dev lan0
{before}
exec {python} - <<'END'
import json, sys
sys.path[:0] = ["{root}/tests", "{root}/tests/remedy"]
from test_network import Keeper, step, network
from techkit.host import Host
from techkit.remedy import actions
def state():
    return network._state("lan0")
was = state()
change = actions.prepare(step(**{args}), {{"interface": "lan0", "gateway": "10.5.0.7"}}, Host(Keeper("ip")))
actions.apply(change)
after = state()
for _ in range(2):
    actions.undo(change.kind, change.before, change.after)
print(json.dumps([was, after, state(), [shown.names for shown in change.shown]]))
END
"""


def there_and_back(args: dict[str, Any], before: str = "") -> Any:
    script = WORLD.format(python=sys.executable, root=ROOT, args=args, before=before)
    said = subprocess.run(["unshare", "-n", "-m", "sh", "-c", script], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


@pytest.fixture
def _world() -> None:
    if sys.platform == "win32" or os.geteuid() != 0:
        pytest.skip("only root makes a network of its own")
    if subprocess.run(["unshare", "-n", "-m", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine makes no network of its own")


@pytest.mark.usefixtures("_world")
def test_the_packet_size_there_and_back() -> None:
    was, after, restored, shown = there_and_back({"what": "mtu", "mtu": 1500})
    assert (was["mtu"], after["mtu"]) == (1400, 1500)
    assert restored == was
    assert shown == [{"command": "ip link set dev lan0 mtu 1500"}]


@pytest.mark.usefixtures("_world")
def test_the_default_route_there_and_back() -> None:
    was, after, restored, _ = there_and_back({"what": "route", "gateway": "{gateway}"})
    assert ["default", "via", "10.5.0.7"] in after["routes"]
    assert restored == was
    was, after, restored, _ = there_and_back({"what": "route", "gateway": "{gateway}"}, "ip route del default")
    assert ["default", "via", "10.5.0.7"] in after["routes"]
    assert restored == was


@pytest.mark.usefixtures("_world")
def test_an_interface_up_and_down_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "SETTLES", 0.1)
    was, after, restored, _ = there_and_back({"what": "up"}, "ip link set lan0 down")
    assert (was["up"], after["up"]) == (False, True)
    assert restored == was


# ---------------------------------------------------------------------- the words for each keeper
def commands(monkeypatch: pytest.MonkeyPatch, keeper: str, wish: Step, **seen: Any) -> list[list[str]]:
    present = {"interface": "eth0", "keeper": keeper, "connection": "", "resolver": "", "dns": []} | STATE | seen
    monkeypatch.setattr(network, "_linux", lambda _interface, _host: present)
    change = actions.prepare(wish, {"interface": "eth0", "servers": ("10.0.0.1", "10.0.0.2")}, Host(Keeper()))
    assert [shown.names["command"] for shown in change.shown] == [" ".join(argv) for argv in change.after["commands"]]
    return list(change.after["commands"])


@LINUX
def test_each_keeper_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    up = ["ip", "link", "set", "dev", "eth0", "up"]
    renew = ["networkctl", "reconfigure", "eth0"]
    assert commands(monkeypatch, "networkd", step("up"), up=False) == [up, renew]
    assert commands(monkeypatch, "none", step("up"), up=False) == [up]
    assert commands(monkeypatch, "ifupdown", step("renew")) == [["ifup", "--force", "eth0"]]
    assert commands(monkeypatch, "NetworkManager", step("renew"))[0][0] == "nmcli"
    dns = step("dns", servers="{servers}")
    assert commands(monkeypatch, "networkd", dns, resolver="resolved") == [
        ["resolvectl", "dns", "eth0", "10.0.0.1", "10.0.0.2"]
    ]
    assert commands(monkeypatch, "NetworkManager", dns, connection="u")[0][3:] == [
        "uuid", "u", "ipv4.dns", "10.0.0.1 10.0.0.2", "ipv4.ignore-auto-dns", "yes",
    ]  # fmt: skip
    automatic = step("dns", servers="automatic")
    assert commands(monkeypatch, "none", automatic, resolver="resolved") == [["resolvectl", "revert", "eth0"]]
    with pytest.raises(ActionError, match="no_keeper"):
        commands(monkeypatch, "none", step("renew"))


@LINUX
def test_name_servers_in_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "resolv.conf"
    file.write_text("# ours\nsearch lan\nnameserver 9.9.9.9\noptions edns0")
    monkeypatch.setattr(network, "RESOLV", str(file))
    present = {"interface": "eth0", "keeper": "none", "connection": "", "resolver": ""} | STATE
    monkeypatch.setattr(network, "_linux", lambda _interface, _host: present)
    host = Host(Keeper(answers={("stat", str(file)): {"link": None}}))
    change = actions.prepare(
        step("dns", servers=["10.0.0.1", "{server}"]), {"interface": "eth0", "server": "::1"}, host
    )
    assert change.diff
    actions.apply(change)
    assert file.read_text() == "# ours\nsearch lan\noptions edns0\nnameserver 10.0.0.1\nnameserver ::1\n"
    actions.undo(change.kind, change.before, change.after)
    assert file.read_text() == "# ours\nsearch lan\nnameserver 9.9.9.9\noptions edns0"


@pytest.mark.parametrize("name", ["-a", 'a"b', "../x", "", "x" * 300, "a/b", "a\nb", None, 7, "*"])
def test_what_is_no_interface_is_refused(name: Any) -> None:
    with pytest.raises(ActionError, match="bad_fact"):
        actions.prepare(step("up"), {"interface": name}, Host(Keeper()))


@LINUX
@pytest.mark.parametrize("value", ["-x", "10.0.0.1; id", "10.0.0", "", None, "example.org", "10.0.0.1\n", "0x7f.1"])
def test_what_is_no_address_is_refused(value: Any) -> None:
    for servers in (value, (value,)):
        with pytest.raises(ActionError, match="bad_fact"):
            actions.prepare(step("dns", servers="{server}"), {"interface": "lo", "server": servers}, Host(Keeper()))
    with pytest.raises(ActionError, match="bad_fact"):
        actions.prepare(step("route", gateway="{server}"), {"interface": "lo", "server": value}, Host(Keeper()))


@pytest.mark.parametrize(
    "args",
    [
        {"what": "down"}, {"what": "dns"}, {"what": "up", "mtu": 1500}, {"what": "mtu"}, {"what": "mtu", "mtu": 20},
        {"what": "route", "gateway": "x"}, {"what": "dns", "servers": "x"}, {"what": "mtu", "mtu": "1500"},
    ],
    ids=str,
)  # fmt: skip
def test_what_does_not_load(args: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=" "):
        actions.parse(step(**args))

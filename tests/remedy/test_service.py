"""Services: a stand-in for systemd that keeps its state in a file; on Windows a service of its own."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hosts import given

from techkit.model import Step
from techkit.remedy import actions
from techkit.remedy.actions import ActionError, RefusedError, _service_managers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINUX = pytest.mark.skipif(sys.platform == "win32", reason="systemd")
WINDOWS = pytest.mark.skipif(sys.platform != "win32", reason="the service manager of Windows")
SYSTEMCTL = """#!{python}
import json, sys
words = [word for word in sys.argv[1:] if not word.startswith("-")]
verb, unit = words[0], words[1]
file = {state!r}
units = json.load(open(file))
if unit not in units:
    print("Id=" + unit + "\\nLoadState=not-found")
    sys.exit(0 if verb == "show" else 5)
one = units[unit]
if verb == "show":
    print("Id=%s\\nLoadState=loaded\\nActiveState=%s\\nSubState=x\\nUnitFileState=%s" % (unit, one[0], one[1]))
    print("WantedBy=\\nRequiredBy=\\nResult=exit-code")
elif verb in ("start", "restart"):
    if one[1] == "masked" or unit == "broken.service":
        print("Job for %s failed." % unit)
        sys.exit(1)
    one[0] = "active"
elif verb == "stop":
    one[0] = "inactive"
elif verb == "reset-failed":
    one[0] = "inactive"
else:
    one[1] = {{"enable": "enabled", "disable": "disabled", "mask": "masked", "unmask": "disabled"}}[verb]
json.dump(units, open(file, "w"))
"""


@pytest.fixture
def units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The units of a stand-in for systemctl: name -> [state, start mode]."""
    state = tmp_path / "units.json"
    script = tmp_path / "systemctl"
    script.write_text(SYSTEMCTL.format(python=sys.executable, state=str(state)))
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(_service_managers, "WATCHED", 0.0)

    def are(wanted: dict[str, list[str]] | None = None) -> Any:
        if wanted is not None:
            state.write_text(json.dumps(wanted))
        return json.loads(state.read_text())

    return are


def prepared(unit: str, **args: str) -> actions.Change:
    return actions.prepare(Step("x", "x", "service", {"unit": "{unit}", **args}), {"unit": unit}, given())


RUN, STOP, SET = {"state": "running"}, {"state": "stopped"}, {"startup": "automatic"}
BOTH = RUN | SET


@LINUX
@pytest.mark.parametrize(
    ("state", "startup", "args"),
    [
        ("inactive", "enabled", RUN), ("failed", "disabled", RUN), ("inactive", "masked", BOTH),
        ("active", "masked", SET),
        ("inactive", "static", BOTH), ("active", "enabled", STOP), ("failed", "disabled", BOTH),
    ],
)  # fmt: skip
def test_there_and_back(units: Any, state: str, startup: str, args: dict[str, str]) -> None:
    was = units({"cron.service": [state, startup], "other.service": ["active", "enabled"]})
    change = prepared("cron.service", **args)
    assert units() == was
    actions.apply(change)
    now = units()["cron.service"]
    if args.get("state") == "running":
        assert now[0] == "active"
    if args.get("startup"):
        assert now[1] == ("static" if startup == "static" else "enabled")
    assert prepared("cron.service", **args).shown == ()
    for _ in range(2):
        actions.undo(change.kind, change.before, change.after)
    restored = units()
    was["cron.service"][0] = was["cron.service"][0].replace("failed", "inactive")
    restored["cron.service"][0] = restored["cron.service"][0].replace("failed", "inactive")
    assert restored == was


OPENRC = """#!{python}
import json, sys
file, name = {state!r}, sys.argv[0].rpartition("/")[2]
units = json.load(open(file))
if name == "rc-update":
    if sys.argv[1] == "show":
        print("\\n".join("%20s | %s" % (unit, " ".join(one[1])) for unit, one in units.items() if one[1]))
    elif sys.argv[1] == "add":
        units[sys.argv[2]][1].append(sys.argv[3])
    else:
        units[sys.argv[2]][1] = [level for level in units[sys.argv[2]][1] if level not in sys.argv[3:]]
elif sys.argv[1] == "--exists":
    sys.exit(0 if sys.argv[2] in units else 255)
elif sys.argv[2] == "status":
    state = units[sys.argv[1]][0]
    print(" * status: " + state)
    sys.exit({{"started": 0, "stopped": 3, "crashed": 32}}[state])
else:
    after = {{"start": "started", "restart": "started", "stop": "stopped", "zap": "stopped"}}
    units[sys.argv[1]][0] = after[sys.argv[2]]
json.dump(units, open(file, "w"))
"""


@LINUX
@pytest.mark.parametrize(
    ("state", "levels", "args"),
    [
        ("stopped", [], BOTH),
        ("crashed", ["default"], RUN),
        ("started", ["boot", "default"], STOP | {"startup": "manual"}),
    ],
)
def test_there_and_back_under_openrc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str, levels: list[str], args: dict[str, str]
) -> None:
    file = tmp_path / "units.json"
    file.write_text(json.dumps({"crond": [state, levels], "other": ["started", ["boot"]]}))
    for name in ("rc-service", "rc-update"):
        (tmp_path / name).write_text(OPENRC.format(python=sys.executable, state=str(file)))
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(_service_managers, "WATCHED", 0.0)
    monkeypatch.setattr("os.path.isdir", lambda _path: False)
    change = prepared("crond", **args)
    actions.apply(change)
    assert json.loads(file.read_text())["crond"][0] == ("stopped" if args.get("state") == "stopped" else "started")
    assert bool(json.loads(file.read_text())["crond"][1]) == (args.get("startup") != "manual")
    actions.undo(change.kind, change.before, change.after)
    now = json.loads(file.read_text())
    assert (now["crond"][0], sorted(now["crond"][1])) == (state.replace("crashed", "stopped"), sorted(levels))
    assert now["other"] == ["started", ["boot"]]
    with pytest.raises(ActionError, match="no_unit"):
        prepared("nothing", state="running")


@LINUX
def test_one_that_does_not_start_says_so_and_nothing_is_left(units: Any) -> None:
    was = units({"broken.service": ["failed", "disabled"]})
    change = prepared("broken.service", startup="automatic", state="running")
    with pytest.raises(ActionError, match="program_failed"):
        actions.apply(change)
    actions.undo(change.kind, change.before, change.after)
    assert units()["broken.service"][1] == was["broken.service"][1]


@LINUX
def test_undo_refuses_where_somebody_has_masked_it_since(units: Any) -> None:
    units({"cron.service": ["inactive", "disabled"]})
    change = prepared("cron.service", startup="automatic", state="running")
    actions.apply(change)
    units({"cron.service": ["inactive", "masked"]})
    with pytest.raises(RefusedError):
        actions.undo(change.kind, change.before, change.after)


@LINUX
@pytest.mark.parametrize("unit", ["-h", "a b", "a;b", "../x", "a\nb", "", "x" * 4000])
def test_what_is_no_name_is_refused(units: Any, unit: str) -> None:
    units({})
    with pytest.raises(ActionError):
        prepared(unit, state="running")


@pytest.mark.parametrize("unit", ["clamav-daemon.service", "firewalld", "WinDefend", "MpsSvc", "ufw.service", "auditd"])
@pytest.mark.parametrize("args", [{"state": "stopped"}, {"startup": "disabled"}, {"startup": "manual"}])
def test_guards_are_never_switched_off(unit: str, args: dict[str, str]) -> None:
    with pytest.raises(ActionError, match="never"):
        prepared(unit, **args)
    with pytest.raises(ValueError, match="protects this machine"):
        actions.parse(Step("x", "x", "service", {"unit": unit, **args}))


@pytest.fixture
def own() -> Iterator[str]:
    """A service that exists only for the test."""
    api, name = import_module("win32service"), "TechkitTest"
    manager = api.OpenSCManager(None, None, api.SC_MANAGER_ALL_ACCESS)
    made = api.CreateService(
        manager, name, name, api.SERVICE_ALL_ACCESS, api.SERVICE_WIN32_OWN_PROCESS, api.SERVICE_DISABLED,
        api.SERVICE_ERROR_NORMAL, r"C:\windows\system32\cmd.exe", None, 0, None, None, None,
    )  # fmt: skip
    yield name
    api.DeleteService(made)
    api.CloseServiceHandle(made)
    api.CloseServiceHandle(manager)


@WINDOWS
def test_a_start_type_there_and_back(own: str) -> None:
    change = prepared(own, startup="automatic")
    assert change.before["startup"] == "disabled"
    actions.apply(change)
    assert prepared(own, startup="automatic").shown == ()
    actions.undo(change.kind, change.before, change.after)
    assert prepared(own, startup="automatic").before["startup"] == "disabled"


@WINDOWS
def test_an_unknown_service_is_an_obstacle() -> None:
    with pytest.raises(ActionError, match="no_unit"):
        prepared("NoSuchService", state="running")

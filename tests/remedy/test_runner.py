"""The cycle: look, offer, journal, change, look again, keep or put back; and what is left when it is cut off."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT
from shop import Desk, Shop

from techkit import store
from techkit.diagnose import diagnose
from techkit.model import Finding, Incident, Machine, Outcome, Remedy, Result, Severity
from techkit.remedy import journal, look, plan, runner, verify
from techkit.remedy.actions import Shown

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    if sys.platform == "win32":  # under Wine no file can be given to the administrators
        monkeypatch.setattr(journal, "_ours", lambda _file: True)
    return Shop(tmp_path)


def events(shop: Shop, run: int = 1) -> list[str]:
    lines = (shop.journals / f"{run:04}.jsonl").read_text().splitlines()
    return [json.loads(line)["event"] for line in lines]


def test_what_does_not_help_is_put_back_and_the_next_is_tried(shop: Shop) -> None:
    shop.spoil("door")
    was = shop.state()
    desk = Desk()
    done = shop.fix("shop.door.shut", desk=desk)
    assert [(one.remedy, one.outcome) for one in done.attempts] == [("useless", "same"), ("open", "cleared")]
    assert "polish" not in shop.file("door").read_text()
    assert "open = yes" in shop.file("door").read_text()
    assert done.remaining == 0
    assert events(shop) == [
        "begin", "remedy", "before-change", "applied", "verified", "undone",
        "remedy", "before-change", "applied", "before-change", "applied", "verified", "end",
    ]  # fmt: skip
    assert [moment.what for moment in done.incident.timeline][1:] == [
        "applied", "verified", "undone", "applied", "verified", "kept",
    ]  # fmt: skip
    assert shop.undo() == (True, ["fix.undo_done", "fix.file_changes"] * 2)
    assert shop.state() == was
    assert shop.undo() == (True, ["fix.undo_nothing"])


def test_what_was_shown_is_what_was_done(shop: Shop) -> None:
    shop.spoil("door")
    was = shop.state()
    dry = Desk()
    shop.fix("shop.door.shut", desk=dry, dry=True, remedy="open")
    assert shop.state() == was
    assert not shop.journals.exists()
    wet = Desk()
    shop.fix("shop.door.shut", desk=wet, remedy="open")
    assert dry.shown[0].changes == wet.shown[0].changes
    assert dry.told == []


def test_a_second_run_changes_nothing(shop: Shop) -> None:
    shop.spoil("door")
    shop.fix("shop.door.shut")
    was = shop.state()
    desk = Desk()
    done = shop.fix("shop.door.shut", desk=desk)
    assert (done.attempts, done.run, desk.told) == ((), 0, ["fix.nothing_for"])
    assert shop.state() == was


def test_no_means_no(shop: Shop) -> None:
    shop.spoil("door")
    was = shop.state()
    done = shop.fix("shop.door.shut", desk=Desk(agrees=False))
    assert (shop.state(), done.attempts, done.remaining) == (was, (), 2)
    assert not shop.journals.exists()


def test_after_a_cause_its_consequences_are_looked_at_and_have_their_turn(shop: Shop) -> None:
    shop.spoil("door", "bell")
    desk = Desk()
    done = shop.fix("shop.door.shut", desk=desk)
    assert desk.told[-2:] == ["fix.other_causes", "fix.still_there"]
    assert done.remaining == 0
    shop.undo()
    done = shop.fix("shop.door.shut", "shop.bell.mute")
    assert [one.code for one in done.attempts if one.outcome == "cleared"] == ["shop.door.shut", "shop.bell.mute"]


def test_each_look_asks_only_what_matters(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.spoil("door", "bell")
    asked: list[Any] = []
    real = diagnose

    def counted(settings: Any, wanted: Any = (), **more: Any) -> Any:
        asked.append(tuple(wanted))
        return real(settings, wanted, **more)

    monkeypatch.setattr(look, "diagnose", counted)
    shop.fix("shop.door.shut")
    assert all("shop.lamp" not in looked for looked in asked)
    assert len(asked) <= 4


def test_steps_for_a_person_one_by_one_with_a_look_after_each(shop: Shop) -> None:
    shop.add("gate", "open = no", "shut", remedies=[("knock", "", []), ("call", "", [])])
    shop.spoil("gate")
    desk = Desk(answers=("useless",))
    shop.fix("shop.gate.shut", desk=desk)
    assert desk.told[0] == "step 0"

    class Opening(Desk):
        def guide(self, *args: Any) -> str:
            super().guide(*args)
            shop.file("gate").write_text("open = yes")
            return "done"

    desk = Opening()
    done = shop.fix("shop.gate.shut", desk=desk)
    assert desk.told == ["step 0", "fix.worked_by_hand"]
    assert done.remaining == 0


def test_without_a_person_the_steps_are_only_shown(shop: Shop) -> None:
    shop.spoil("lamp")
    desk = Desk()
    assert shop.fix("shop.lamp.dark", desk=desk).remaining == 1
    assert desk.told == ["fix.no_automatic"]


@pytest.mark.parametrize(
    "flag", ['stop_if = ["shop.lamp.dark"]', 'risk = "high"', 'systems = ["windows", "linux"]\nadmin = true']
)
def test_what_forbids_a_remedy(shop: Shop, flag: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.add(
        "gate", "open = no", "shut", remedies=[("force", flag, ['replace_lines = "^open = no$"\nby = "open = yes"'])]
    )
    shop.spoil("gate", "lamp")
    if "admin" in flag:
        from techkit.host import Host

        monkeypatch.setattr(Host, "machine", lambda self: {**self.ask("machine"), "elevated": False})
    was = shop.state()
    desk = Desk()
    done = shop.fix("shop.gate.shut", desk=desk)
    assert shop.state() == was
    assert done.attempts == ()
    assert {"fix.stopped_by", "fix.risk_too_high", "fix.needs_admin"} & set(desk.told)
    if "admin" in flag:
        assert done.refused == (plan.Part("shop.gate.shut", "gate", "force"),)


def test_the_administrators_half_does_only_what_it_was_told(shop: Shop) -> None:
    from techkit.remedy import elevation

    shop.spoil("door", "bell")
    part = plan.Part("shop.door.shut", "door", "open")
    argv = elevation.command([part], "--lang", "en")
    assert argv[:4] == [sys.executable, "-P", "-m", "techkit"]  # -P: not what lies in the folder where we were called
    assert elevation.told(argv[-1]) == part
    done = shop.fix("shop.door.shut", "shop.bell.mute", parts=(part,))
    assert [one.remedy for one in done.attempts] == ["open"]
    shop.undo()
    assert shop.fix("shop.door.shut", parts=(plan.Part("shop.door.shut", "elsewhere", "open"),)).attempts == ()
    for text in ("", "{}", '["x"]', '{"code": "a", "subject": "b", "remedy": 3}', "x" * 5000):
        with pytest.raises(ValueError, match="."):  # noqa: RUF043 - any complaint
            elevation.told(text)


def test_a_restart_is_waited_for(shop: Shop) -> None:
    shop.add("gate", "open = no", "shut", remedies=[("boot", "reboot = true", ['append_lines = "x"'])])
    shop.spoil("gate")
    done = shop.fix("shop.gate.shut")
    assert [one.outcome for one in done.attempts] == ["later"]
    assert [len(story.unverified) for story in journal.stories(shop.journals)] == [1]
    shop.fix("shop.gate.shut", dry=True)  # no restart yet: still waiting
    assert [len(story.unverified) for story in journal.stories(shop.journals)] == [1]
    file = shop.journals / "0001.jsonl"
    text = file.read_text()
    for line in text.splitlines():
        if '"later"' in line:
            text = text.replace(json.loads(line)["at"], "2001-01-01T00:00:00.000+00:00")
    file.write_text(text)
    desk = Desk()
    shop.fix("shop.gate.shut", desk=desk)
    assert "fix.not_worked_later" in desk.told
    assert not journal.stories(shop.journals)[0].unverified


def test_a_network_that_does_not_come_back_is_put_back(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.add("gate", "open = no", "shut", remedies=[("drop", "drops_network = true", ['append_lines = "x"'])])
    shop.spoil("gate")
    was = shop.state()
    monkeypatch.setattr(runner, "NETWORK_PATIENCE", 1.0)
    monkeypatch.setattr(
        look,
        "diagnose",
        lambda settings, wanted=(), **more: diagnose(settings, [one for one in wanted if one != "network"], **more),
    )
    desk = Desk()
    assert [one.outcome for one in shop.fix("shop.gate.shut", desk=desk).attempts] == ["same"]
    assert "confirmed?" in desk.told
    assert shop.state() == was
    assert (shop.journals / "0001.json").exists()
    assert [one.outcome for one in shop.fix("shop.gate.shut", desk=Desk(answers=("fine",))).attempts] == ["better"]
    assert shop.state() != was


def test_what_worked_before_and_works_no_more_counts_after_the_network_was_dropped() -> None:
    def seen(**outcomes: str) -> Any:
        results = tuple(
            Result(
                name.replace("_", "."),
                Outcome.OK if outcome == "ok" else Outcome.FOUND,
                findings=() if outcome == "ok" else (Finding(f"{name.replace('_', '.')}.bad", Severity(outcome), "x"),),
            )
            for name, outcome in outcomes.items()
        )
        return Incident("1", Machine("a", "linux", "b"), "", 0, results, ())

    text = {"en": "x", "ru": "x"}
    dropping, plain = (Remedy("x", text, (), text, drops_network=drops) for drops in (True, False))
    before = seen(network_dns="critical", network_gateway="ok")
    cut = seen(network_dns="ok", network_gateway="critical")
    assert verify.judge(before, cut, "network.dns.bad", "x", dropping) == "same"
    assert verify.judge(before, cut, "network.dns.bad", "x", plain) == "cleared"
    assert verify.judge(before, seen(network_dns="warning"), "network.dns.bad", "x", plain) == "better"
    assert verify.judge(before, seen(network_gateway="ok"), "network.dns.bad", "x", plain) == "same"


def test_undo_of_one_step(shop: Shop) -> None:
    shop.spoil("door")
    shop.fix("shop.door.shut", remedy="open")
    assert shop.undo("1.2")[0]
    assert "open = no" in shop.file("door").read_text()
    assert "hinge" in shop.file("door").read_text()
    with pytest.raises(plan.WishError):
        shop.undo("1.7")
    with pytest.raises(plan.WishError):
        shop.undo("9")
    assert shop.undo("1")[0]
    assert "hinge" not in shop.file("door").read_text()


def test_undo_leaves_alone_what_somebody_has_changed_since(shop: Shop) -> None:
    shop.spoil("door")
    shop.fix("shop.door.shut", remedy="open")
    shop.file("door").write_text("mine")
    assert shop.undo() == (False, ["fix.undo_refused", "fix.undo_refused"])
    assert shop.file("door").read_text() == "mine"


def test_what_was_cut_off_is_offered_to_be_put_back(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.spoil("door")
    was = shop.state()
    with monkeypatch.context() as cut:
        cut.setattr(runner, "put_back", lambda *_args: Shown("fix.undo_refused"))
        cut.setattr(runner, "judge", lambda *_args: 1 / 0)
        with pytest.raises(ZeroDivisionError):  # as good as a power cut: nothing was put back
            shop.fix("shop.door.shut", remedy="open")
    assert shop.state() != was
    desk = Desk(answers=("back",), agrees=False)
    shop.fix("shop.door.shut", desk=desk)
    assert desk.told[:2] == ["fix.undo_half", "put back 1?"]
    assert shop.state() == was


def test_two_at_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "PATIENCE", 0.5)
    shop.spoil("door")
    desk = Desk()
    with journal.alone(shop.journals), pytest.raises(journal.BusyError):
        shop.fix("shop.door.shut", desk=desk)
    assert desk.told.count("fix.waits") == 1
    assert "open = no" in shop.file("door").read_text()


def test_who_has_waited_for_another_looks_again(shop: Shop) -> None:
    shop.spoil("door")
    with contextlib.ExitStack() as other:
        other.enter_context(journal.alone(shop.journals))

        class Waiting(Desk):
            def tell(self, shown: Shown, offer: Any = None, fault: Any = None) -> None:
                super().tell(shown, offer, fault)
                if shown.key == "fix.waits":
                    shop.file("door").write_text("open = yes")  # what the other run has done
                    other.close()

        desk = Waiting()
        done = shop.fix("shop.door.shut", desk=desk)
    assert "fix.waits" in desk.told
    assert not done.attempts
    assert done.remaining == 0
    assert shop.file("door").read_text() == "open = yes"


def test_a_dry_run_shows_what_a_higher_risk_would_do(shop: Shop) -> None:
    shop.add("gate", "open = no", "shut", remedies=[("lift", 'risk = "high"', ['remove_lines = "^open"'])])
    shop.spoil("gate")
    was = shop.state()
    for dry in (True, False):
        desk = Desk()
        shop.fix("shop.gate.shut", desk=desk, dry=dry)
        assert "fix.risk_too_high" in desk.told
        assert [bool(offer.obstacle) for offer in desk.shown] == [True] * dry
    assert shop.state() == was


def test_a_full_disk_stops_everything_before_the_first_change(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    shop.spoil("door")
    was = shop.state()

    def full(*_args: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store, "write", lambda *_args: full())
    monkeypatch.setattr(journal.Journal, "_add", full)
    with pytest.raises(journal.FullError):
        shop.fix("shop.door.shut")
    assert shop.state() == was
    assert not list(shop.journals.glob("*.jsonl"))


def test_a_journal_that_fails_in_the_middle_puts_everything_back(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.spoil("door")
    was = shop.state()
    real = journal.Journal.write

    def failing(self: journal.Journal, event: str, **told: Any) -> None:
        if event == "applied":
            raise journal.LostError("gone")
        real(self, event, **told)

    monkeypatch.setattr(journal.Journal, "write", failing)
    with pytest.raises(journal.LostError):
        shop.fix("shop.door.shut", remedy="open")
    assert shop.state() == was


def test_ctrl_c_puts_everything_back(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.spoil("door")
    was = shop.state()

    def interrupted(*_args: Any) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "judge", interrupted)
    with pytest.raises(KeyboardInterrupt):
        shop.fix("shop.door.shut", remedy="open")
    assert shop.state() == was
    assert shop.undo() == (True, ["fix.undo_nothing"])


# ---------------------------------------------------------------------- cut off
END = getattr(signal, "SIGKILL", signal.SIGTERM)
"""What ends a process at once: on Windows every signal does."""
ENDED = END if sys.platform == "win32" else -END


CHILD = """
import os, signal, sys, pathlib
sys.path[:0] = [{tests!r}]
from shop import Shop, Desk
import shop as module
from techkit.remedy import actions, journal, look
Shop.__init__ = lambda self, folder: (setattr(self, "folder", folder), setattr(self, "pack", folder / "pack"),
                                      setattr(self, "journals", folder / "journal"), None)[-1]
count = int(sys.argv[2])
def boundary():
    global count
    count -= 1
    if count == 0:
        os.kill(os.getpid(), {end:d})
def around(owner, name):
    real = getattr(owner, name)
    def inner(*args, **more):
        boundary()
        result = real(*args, **more)
        boundary()
        return result
    setattr(owner, name, inner)
for owner, name in [(journal.Journal, "_add"), (actions, "apply"), (actions, "undo"), (look, "diagnose")]:
    around(owner, name)
import techkit.remedy.actions._files as file
for name in ("_swap", "_dress", "_replace"):
    around(file, name)
print("ready", flush=True)
Shop(pathlib.Path(sys.argv[1])).fix("shop.door.shut")
print(count)
"""


def child(shop: Shop, boundary: int) -> subprocess.Popen[str]:
    code = CHILD.format(tests=str(ROOT / "tests"), end=END)
    argv = [sys.executable, "-c", code, str(shop.folder), str(boundary)]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def true_afterwards(shop: Shop, was: dict[str, Any]) -> None:
    """After a cut the journal tells all that is half done, and undo takes it back."""
    cut = [story for story in journal.stories(shop.journals) if not story.ended and story.standing]
    desk = Desk()
    shop.fix("shop.door.shut", desk=desk, dry=True)
    assert ("fix.undo_half" in desk.told) == bool(cut)
    assert shop.undo()[0]
    while shop.undo()[1] != ["fix.undo_nothing"]:
        pass
    assert shop.state() == was


def test_killed_at_every_boundary(shop: Shop) -> None:
    shop.spoil("door")
    was = shop.state()
    process = child(shop, 10_000)
    said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    boundaries = 10_000 - int(said[0].split()[-1])
    assert boundaries > 40
    shop.undo()
    assert shop.state() == was
    for boundary in range(1, boundaries + 1, 1 if os.environ.get("TECHKIT_THOROUGH") else 11):
        process = child(shop, boundary)
        process.communicate(timeout=60)
        assert process.returncode == ENDED
        true_afterwards(shop, was)


def test_killed_at_random_moments(shop: Shop) -> None:
    shop.spoil("door")
    was = shop.state()
    dice = random.Random(17)  # noqa: S311 - any moments will do
    for _ in range(200 if os.environ.get("TECHKIT_THOROUGH") else 2):
        process = child(shop, 10_000)
        assert process.stdout
        process.stdout.readline()
        time.sleep(dice.uniform(0, 0.5))
        process.kill()
        process.communicate(timeout=60)
        true_afterwards(shop, was)


# ---------------------------------------------------------------------- cut off while the network was interrupted
ALONE = """
import os, pathlib, signal, sys
sys.path[:0] = [{tests!r}]
from shop import Desk, Shop
from techkit.remedy import guard, journal, look, runner
folder = pathlib.Path(sys.argv[1])
if sys.platform == "win32":  # as above
    journal._ours = lambda _file: True
if len(sys.argv) > 2:
    guard.watch(folder / "journal", Desk(), *map(str, sys.argv[2:3]), int(sys.argv[3]))
    sys.exit()
Shop.__init__ = lambda self, folder: (setattr(self, "pack", folder / "pack"),
                                      setattr(self, "journals", folder / "journal"), None)[-1]
guard.command = lambda run, first: [sys.executable, "-c", sys.orig_argv[2], str(folder), str(run), str(first)]
real = look.diagnose
look.diagnose = lambda settings, wanted=(), **more: real(settings, [one for one in wanted if one != "network"], **more)
runner.judge = lambda *_told: os.kill(os.getpid(), {end:d})
Shop(folder).fix("shop.gate.shut", "shop.lamp.dark")
"""


def test_who_is_cut_off_while_the_network_is_interrupted_has_it_put_back(shop: Shop) -> None:
    shop.add("gate", "open = no", "shut", remedies=[("drop", "drops_network = true", ['append_lines = "x"'])])
    shop.spoil("gate")
    was = shop.state()
    code = ALONE.format(tests=str(ROOT / "tests"), end=END)
    done = subprocess.run([sys.executable, "-c", code, str(shop.folder)], capture_output=True, timeout=60, check=False)
    assert done.returncode == ENDED, done.stderr
    end = time.monotonic() + 30
    while events(shop)[-1] != "end" and time.monotonic() < end:
        time.sleep(0.1)
    assert events(shop)[-2:] == ["undone", "end"]
    assert shop.state() == was
    assert not journal.stories(shop.journals)[0].standing

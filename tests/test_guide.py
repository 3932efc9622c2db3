"""techkit alone on a terminal: asks, listens, looks, and writes the report with what was said."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from shop import Shop

from techkit import store
from techkit.cli import desk, guide
from techkit.config import Settings
from techkit.diagnose import diagnose
from techkit.remedy import journal

if TYPE_CHECKING:
    from pathlib import Path


def talk(folder: Path, answers: dict[str, str]) -> tuple[int, str]:
    """Run it on a terminal of its own; what it asks is answered by the words it ends with, or by Enter alone."""
    import pty
    import select

    own, its = pty.openpty()
    places = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "TECHKIT_LANG": "en"}
    screen, answered = b"", 0
    with subprocess.Popen(
        [sys.executable, "-m", "techkit"], cwd=folder, env=os.environ | places | {"COLUMNS": "100"},
        stdin=its, stdout=its, stderr=its, start_new_session=True,
    ) as process:  # fmt: skip
        os.close(its)
        end, heard = time.monotonic() + 60, time.monotonic()
        while process.poll() is None and time.monotonic() < end:
            ready, _, _ = select.select([own], [], [], 0.2)
            if ready:
                try:
                    screen += os.read(own, 1 << 16)
                except OSError:
                    break
                heard = time.monotonic()
            elif time.monotonic() - heard > 0.4 and len(screen) > answered and not screen.endswith(b"\n"):
                asked = screen.decode("utf-8", "replace").rstrip()
                reply = next((reply for words, reply in answers.items() if asked.endswith(words)), "")
                answered = len(screen) + len(reply) + 2  # the terminal shows what is typed
                os.write(own, reply.encode() + b"\n")
                heard = time.monotonic()
        process.kill()
    os.close(own)
    return process.returncode, screen.decode("utf-8", "replace")


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX systems")
def test_a_complaint_leads_to_its_checks_and_into_the_report(tmp_path: Path) -> None:
    answers = {">": "my printer does nothing", "?": "only mine", "Save the report as a file? [y/n]": "y"}
    code, screen = talk(tmp_path, answers)
    assert code in {0, 1, 2, 3}, screen
    assert "Looking at:" in screen
    assert "Traceback" not in screen
    saved = list(tmp_path.glob("techkit-*.html"))
    assert len(saved) == 1, screen
    text = saved[0].read_text(encoding="utf-8")
    assert "my printer does nothing" in text
    assert "only mine" in text


@pytest.mark.parametrize("answer", ["²", "9" * 5000, "-1", "\udcff\x00", "0"])
def test_any_answer_is_an_answer(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr("builtins.input", lambda _: answer)
    meant, story = guide.ask(())
    assert meant == ()
    assert [moment.subject for moment in story] == [answer]


def test_the_report_after_a_fix_is_of_the_machine_after_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = Shop(tmp_path)
    shop.spoil("door", "lamp")
    monkeypatch.setattr(store, "journals", lambda: shop.journals)
    settings = Settings(packs=(str(shop.pack),))
    wanted = ("shop.door", "shop.bell", "shop.lamp")
    found = diagnose(settings, wanted).incident

    monkeypatch.setattr(desk.TerminalDesk, "agree", lambda _screen: False)
    assert guide.fixed(settings, wanted, found, "user") is found
    monkeypatch.setattr(desk.TerminalDesk, "agree", lambda _screen: True)
    after = guide.fixed(settings, wanted, found, "user")
    assert [cause.code for cause in after.causes] == ["shop.lamp.dark"]
    assert [result.check for result in after.results] == [result.check for result in found.results]
    assert {"checked", "applied", "kept"} <= {moment.what for moment in after.timeline}


def test_what_an_earlier_fix_has_left_is_told_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = Shop(tmp_path)
    shop.spoil("door")
    shop.fix("shop.door.shut")
    file = shop.journals / "0001.jsonl"
    file.write_text("".join(line for line in file.read_text().splitlines(keepends=True) if '"end"' not in line))
    monkeypatch.setattr(store, "journals", lambda: shop.journals)
    if sys.platform == "win32":  # under Wine no file can be given to the administrators
        monkeypatch.setattr(journal, "_ours", lambda _file: True)

    def asked(_packs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(guide, "ask", asked)
    with pytest.raises(KeyboardInterrupt):
        guide._guide("user")  # noqa: SLF001 - what follows is asked of a person
    assert "techkit undo 1" in capsys.readouterr().out


def test_who_can_no_longer_be_told_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from techkit.remedy.actions import Shown

    class Gone:
        def write(self, _text: str) -> int:
            raise OSError(5, "Input/output error")

        def isatty(self) -> bool:
            return True

        flush = write

    monkeypatch.setattr(sys, "stdout", Gone())
    desk.TerminalDesk().tell(Shown("fix.waits"))

"""The command line as a person meets it: one clear sentence and the right exit code, whatever happens."""

from __future__ import annotations

import json
import locale
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT
from incidents import rich

from techkit import cli, registry, report
from techkit.cli import speech
from techkit.words import Words

if TYPE_CHECKING:
    from pathlib import Path

TECHKIT = [sys.executable, "-m", "techkit"]
EVERY_VOLUME_IS_FULL = '[limits."disk.space"]\nwarning = 2.0\ncritical = 1.5\nfloor = 9000000000000000'
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="what is tested is a POSIX system's own")


@pytest.fixture
def place(tmp_path: Path) -> dict[str, str]:
    """An environment whose own files lie in a folder of the test."""
    return os.environ | {
        "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_STATE_HOME": str(tmp_path / "state"), "WIN_PD_OVERRIDE_LOCAL_APPDATA": str(tmp_path / "own"),
        "WIN_PD_OVERRIDE_COMMON_APPDATA": str(tmp_path / "machine"),
        "TECHKIT_LANG": "en", "PYTHONUTF8": "1", "COLUMNS": "100",
    }  # fmt: skip


def call(place: dict[str, str], *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*TECHKIT, *words], env=place | more, capture_output=True, text=True, encoding="utf-8", timeout=60, check=False
    )
    assert "Traceback" not in done.stderr + done.stdout
    return done


def test_version(place: dict[str, str]) -> None:
    assert call(place, "--version").stdout.startswith("techkit 0.")


def test_one_object_and_nothing_else_on_stdout(place: dict[str, str]) -> None:
    done = call(place, "check", "disk.space", "--format", "json")
    document = json.loads(done.stdout)
    assert {"causes", "results", "coverage", "schema"} - {"coverage"} <= document.keys()
    assert [result["check"] for result in document["results"]] == ["disk.space"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("check", "disk.spaec"), "There is no check, area or symptom named disk.spaec. Did you mean disk.space"),
        (("check", "--colour"), "There is no option --colour. See techkit check --help."),
        (("check", "--format", "pdf"), "pdf is not a format; choose terminal, markdown, html, json."),
        (("check", "--lang", "fr"), "techkit does not speak fr"),
        (("check", "--for", "boss"), "boss is not a reader"),
        (("check", "--tape", "nowhere.json"), "nowhere.json: No such file"),
        (("check", "--config", "nowhere.toml"), "nowhere.toml: No such file"),
        (("report", "nowhere.json"), "nowhere.json: No such file"),
        (("explain", "disk.space.fulll"), "There is no page for disk.space.fulll. Did you mean disk.space.full"),
        (("mute", "disk.space.low", "--until", "soon", "--reason", "x"), "soon is not a date"),
        (("mute", "disk.space.low", "--until", "2020-01-01", "--reason", "x"), "2020-01-01 has already passed."),
        (("new", "check", "Disk"), "Disk is not a valid name"),
        (("report",), "Something is missing: FILE."),
        (("chek",), "There is no command chek."),
    ],
)
def test_wrong_use_is_told_in_one_sentence(place: dict[str, str], words: tuple[str, ...], sentence: str) -> None:
    done = call(place, *words)
    assert done.returncode == 64
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"system": "linux"}', b"\xff\xfe\x00", b"[" * 9999])
def test_a_damaged_tape_or_incident_is_told_with_its_name(
    place: dict[str, str], tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "damaged.json"
    file.write_bytes(content)
    for words in (("check", "--tape", str(file)), ("report", str(file))):
        done = call(place, *words)
        assert done.returncode == 64, done
        assert "damaged.json is no" in done.stderr


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("limits = 3", "Expected `object`, got `int` - at `$.limits`"),
        ('[limits."disk.space"]\nwarming = 1', '[limits."disk.space"]: Object contains unknown field `warming`'),
        ("colour = 1", "unknown field `colour`"),
        ("x = ", "Invalid value"),
        ('packs = ["/nowhere"]', "The folder /nowhere has no checks/ subfolder."),
        ('site = "missing.toml"', "missing.toml: No such file"),
    ],
)
def test_a_mistake_in_the_configuration_is_told(
    place: dict[str, str], tmp_path: Path, text: str, sentence: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    done = call(place, "check", "disk.space", "--config", str(file))
    assert done.returncode == 64
    assert sentence in done.stderr


def test_a_broken_page_is_told_and_nothing_is_lost(place: dict[str, str], tmp_path: Path) -> None:
    from techkit import scaffold

    scaffold.check(tmp_path / "pack", "shop.till")
    (tmp_path / "pack" / "checks" / "shop" / "till.py").write_text(
        scaffold.CHECK.replace('len(host.listdir("/tmp"))', "99").replace(
            'systems=("linux",)', 'systems=("linux", "windows")'
        ),
        encoding="utf-8",
    )
    (tmp_path / "pack" / "fixes" / "shop" / "till" / "many.toml").write_text("title = 3", encoding="utf-8")
    config = tmp_path / "config.toml"
    config.write_text(f"packs = ['{tmp_path / 'pack'}']", encoding="utf-8")
    done = call(place, "check", "shop", "--config", str(config))
    assert done.returncode == 1
    assert "A page of the catalogue cannot be read" in done.stdout
    assert "shop.till.many" in done.stdout


def test_a_scaffold_passes_the_rules(place: dict[str, str], tmp_path: Path) -> None:
    assert call(place, "new", "check", "shop.till", "--in", str(tmp_path)).returncode == 0
    done = call(place, "list", "--verify", str(tmp_path))
    assert (done.returncode, done.stdout.strip()) == (0, "Complete checks: 1.")
    again = call(place, "new", "check", "shop.till", "--in", str(tmp_path))
    assert again.returncode == 64


def test_a_report_goes_to_a_file_without_this_machines_names(place: dict[str, str], tmp_path: Path) -> None:
    import platform

    for ending in ("html", "md", "json", "txt"):
        file = tmp_path / f"report.{ending}"
        done = call(place, "check", "disk.space", "--output", str(file), "--quiet")
        assert done.returncode in {0, 1, 2}, done
        text = file.read_text(encoding="utf-8")
        assert "host-1" in text
        assert f"{platform.node()}:" not in text
    again = call(place, "report", str(tmp_path / "report.json"), "--lang", "ru", "--format", "markdown")
    assert "host-1" in again.stdout


def test_explaining_names_facts_and_keeps_the_braces_of_a_command(place: dict[str, str]) -> None:
    done = call(place, "explain", "disk.errors.link", COLUMNS="1000")
    assert "<disk>" in done.stdout
    assert "@{LogName='System'; ProviderName='disk'}" in done.stdout


@POSIX
def test_a_report_that_cannot_be_saved_is_printed(place: dict[str, str]) -> None:
    done = call(place, "check", "disk.space", "--output", "/proc/nowhere/report.html")
    assert done.returncode == 74
    assert "could not be saved" in done.stderr
    assert "<!DOCTYPE html>" in done.stdout


def test_a_file_whose_ending_no_report_has_is_refused_before_anything_is_asked(
    place: dict[str, str], tmp_path: Path
) -> None:
    done = call(place, "check", "disk.space", "--output", str(tmp_path / "report.pdf"))
    assert done.returncode == 64
    assert ".pdf" in done.stderr
    assert ".html" in done.stderr
    assert not done.stdout
    assert not (tmp_path / "report.pdf").exists()


def test_a_width_that_is_no_number_is_none(place: dict[str, str]) -> None:
    assert call(place, "check", "disk.space", COLUMNS="wide").returncode in {0, 1, 2}


@POSIX
@pytest.mark.parametrize("redirect", [">/dev/full", ">&-", "| true"])
def test_a_stdout_that_takes_nothing_is_told(place: dict[str, str], redirect: str) -> None:
    command = f"set -o pipefail; {sys.executable} -m techkit check disk.space {redirect}"
    done = subprocess.run(["bash", "-c", command], env=place, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) <= 1
    assert done.returncode == 74


@POSIX
def test_interrupting_keeps_the_part_that_is_known(place: dict[str, str], tmp_path: Path) -> None:
    from techkit import scaffold

    scaffold.check(tmp_path / "pack", "shop.till")
    (tmp_path / "pack" / "checks" / "shop" / "till.py").write_text(
        scaffold.CHECK.replace('len(host.listdir("/tmp"))', 'host.run("sleep", "30", timeout=30)["code"]'),
        encoding="utf-8",
    )
    config = tmp_path / "config.toml"
    config.write_text(f"packs = ['{tmp_path / 'pack'}']", encoding="utf-8")
    argv = [*TECHKIT, "check", "shop", "disk.space", "--config", str(config)]
    with subprocess.Popen(argv, env=place, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "interrupted" in out
    assert "Traceback" not in err


@pytest.mark.parametrize("words", [("check",), ("report", "x"), ("list",), ("fix",), ("undo",), ("record", "x")])
def test_an_interruption_is_told_wherever_it_comes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    for place in ("config.load", "incident.load", "store.journals"):
        monkeypatch.setattr(f"techkit.{place}", interrupted)
    assert cli.main([*words, "--lang", "en"]) == 130
    assert capsys.readouterr().err in {"techkit: Interrupted.\n", "techkit: Прервано.\n"}


@pytest.mark.parametrize("encoding", ["cp866", "cp1251", "cp437", "ascii"])
def test_any_console_can_show_a_report(place: dict[str, str], encoding: str) -> None:
    environment = place | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run(
        [*TECHKIT, "check", "disk.space", "--lang", "ru"], env=environment, capture_output=True, timeout=60, check=False
    )
    assert b"Traceback" not in done.stderr
    text = done.stdout.decode(encoding)
    if encoding in {"cp866", "cp1251"}:
        assert "проверок" in text.casefold()


def test_what_a_program_reads_is_utf_8_whatever_the_console_shows(place: dict[str, str]) -> None:
    for encoding in ("cp866", "cp1252", "ascii"):
        environment = place | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
        command = [*TECHKIT, "check", "disk.space", "--lang", "ru", "--format", "json"]
        done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
        assert json.loads(done.stdout.decode("utf-8"))["language"] == "ru"


def test_russian_is_told_by_its_sound_where_a_console_lacks_its_letters(place: dict[str, str]) -> None:
    environment = place | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    command = [*TECHKIT, "check", "disk.space", "--lang", "ru"]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert "proverok" in done.stdout.decode("cp1252").casefold()


@pytest.mark.parametrize(
    ("page", "told"), [("cp866", "cp866"), ("cp65001", "utf-8"), ("cp437", "utf-8"), ("", "cp1251")]
)
def test_a_pipe_speaks_as_the_console_that_it_runs_in(monkeypatch: pytest.MonkeyPatch, page: str, told: str) -> None:
    reader, writer = os.pipe()
    monkeypatch.setattr(speech, "code_page", lambda: page)
    monkeypatch.setattr(speech, "words", lambda: Words("ru"))
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    with os.fdopen(reader, "rb") as end, os.fdopen(writer, "w", encoding="cp1251") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        monkeypatch.setattr(sys, "stderr", None)
        speech.prepare_streams()
        pipe.write("Диск")
        pipe.close()
        assert end.read().decode(told) == "Диск"


@pytest.mark.skipif(sys.platform != "win32", reason="only Windows has consoles with a code page")
def test_powershell_can_read_what_is_piped_to_it(place: dict[str, str]) -> None:
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # a console of its own, as every shell there has
    command = [*TECHKIT, "list", "--lang", "ru"]
    done = subprocess.run(
        command, env=place | {"PYTHONUTF8": "0"}, capture_output=True, timeout=60, check=False, creationflags=flags
    )
    assert "Антивирус" in done.stdout.decode("oem" if "я".encode("oem", "ignore") else "utf-8")


@pytest.mark.skipif(sys.platform != "win32", reason="elsewhere Python gives a pipe UTF-8 by itself")
def test_a_pipe_without_russian_letters_gets_utf_8(place: dict[str, str]) -> None:
    command = [*TECHKIT, "check", "disk.space", "--lang", "ru"]
    done = subprocess.run(command, env=place | {"PYTHONUTF8": "0"}, capture_output=True, timeout=60, check=False)
    assert "проверок" in done.stdout.decode("cp1251" if locale.getencoding() == "cp1251" else "utf-8").casefold()


def test_help_speaks_both_languages(place: dict[str, str]) -> None:
    assert "Show this help." in call(place, "check", "--help").stdout
    russian = call(place, "check", "--help", "--lang", "ru").stdout
    assert "Показать эту справку." in russian
    assert "Usage" not in russian
    assert "Проверить этот компьютер" in call(place, "--help", TECHKIT_LANG="ru").stdout


def test_alone_without_a_terminal_it_shows_its_help(place: dict[str, str]) -> None:
    done = call(place)
    assert done.returncode == 0
    assert "Commands" in done.stdout


def test_a_mute_silences_a_finding_and_is_told(place: dict[str, str], tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(EVERY_VOLUME_IS_FULL, encoding="utf-8")
    before = call(place, "check", "disk.space", "--config", str(config), "--format", "json")
    assert before.returncode == 2
    assert call(place, "mute", "disk.space.*", "--until", "2999-12-31", "--reason", "known").returncode == 0
    after = call(place, "check", "disk.space", "--config", str(config), "--format", "json")
    assert after.returncode == 0
    assert json.loads(after.stdout)["muted"]


def test_two_incidents_are_compared(place: dict[str, str], tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(EVERY_VOLUME_IS_FULL, encoding="utf-8")
    before, after = tmp_path / "before.json", tmp_path / "after.json"
    call(place, "check", "disk.space", "--config", str(config), "--output", str(before))
    call(place, "check", "disk.space", "--output", str(after))
    done = call(place, "compare", str(before), str(after))
    assert done.returncode in {0, 1, 2, 3}
    assert "Gone:\n" in done.stdout
    assert "disk.space.full" in done.stdout
    assert "Still there:" in call(place, "compare", str(before), str(before), "--lang", "en").stdout


def test_list_shows_every_check(place: dict[str, str]) -> None:
    shown = call(place, "list").stdout
    assert all(name in shown for name in registry.names())


def test_the_tree_holds_no_loose_ends() -> None:
    words = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
    for file in [*(ROOT / "src").rglob("*.py"), *(ROOT / "checks").rglob("*.py")]:
        text = file.read_text(encoding="utf-8")
        assert not any(word in text for word in words), file


RICH = json.dumps(json.loads(report.render(rich(), "json", "en", "specialist")))
TAPE = (ROOT / "tests" / "tapes" / "windows-11-disk-full.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_what_an_editor_or_powershell_saved_can_be_read(place: dict[str, str], tmp_path: Path, encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    (tmp_path / "incident.json").write_text(mark + RICH, encoding=encoding)
    (tmp_path / "tape.json").write_text(mark + TAPE, encoding=encoding)
    (tmp_path / "config.toml").write_text(f'{mark}language = "ru"\n', encoding=encoding)
    assert "The name server" in call(place, "report", str(tmp_path / "incident.json")).stdout
    words = ("--tape", str(tmp_path / "tape.json"), "--config", str(tmp_path / "config.toml"))
    assert call(place, "check", "disk.space", *words).returncode == 2


@pytest.mark.parametrize(
    "machine",
    [None, 3, {"name": "pc", "system": "beos", "release": "", "edition": "client", "elevated": False}, {"name": "pc"}],
)
def test_a_tape_that_does_not_know_its_machine_is_refused(place: dict[str, str], tmp_path: Path, machine: Any) -> None:
    recording = json.loads(TAPE)
    recording["answers"] = [entry for entry in recording["answers"] if entry["ask"] != ["machine"]]
    recording["answers"] += [{"ask": ["machine"], "answer": machine}] if machine else []
    file = tmp_path / "tape.json"
    file.write_text(json.dumps(recording), encoding="utf-8")
    done = call(place, "check", "--tape", str(file))
    assert done.returncode == 64
    assert "tape.json is not a tape" in done.stderr


@POSIX
@pytest.mark.parametrize("command", [("check", "disk.space", "--format", "html", "--output"), ("record",)])
def test_a_pipe_or_device_is_never_replaced_by_a_file(
    place: dict[str, str], tmp_path: Path, command: tuple[str, ...]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    done = call(place, *command, str(tmp_path / "pipe"))
    assert done.returncode == 74
    assert "pipe is a device or a pipe, not a file" in done.stderr
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize("width", ["0", "1", "²", "-5", "9" * 30])
def test_a_width_in_which_nobody_could_write_breaks_nothing(place: dict[str, str], tmp_path: Path, width: str) -> None:
    (tmp_path / "incident.json").write_text(RICH, encoding="utf-8")
    done = call(place, "report", str(tmp_path / "incident.json"), COLUMNS=width, LINES=width)
    assert done.returncode == 2
    shown = call(place, "explain", "disk.space.full", COLUMNS=width, LINES=width).stdout
    assert max(map(len, shown.splitlines())) > 30


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[1]", b'{"code": "x"}'])
def test_damaged_mutes_are_told_and_stop_no_check(place: dict[str, str], tmp_path: Path, content: bytes) -> None:
    assert call(place, "mute", "disk.space.*", "--until", "2999-12-31", "--reason", "known").returncode == 0
    file = next(tmp_path.rglob("mutes.json"))
    file.write_bytes(content)
    done = call(place, "check", "disk.space")
    assert done.returncode in {0, 1, 2}
    assert "Nothing is muted now" in done.stderr
    assert call(place, "mute", "disk.space.*", "--until", "2999-12-31", "--reason", "known").returncode == 74
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    ("code", "reason", "sentence"),
    [
        ("disk.spaec.full", "x", "Did you mean disk.space.full"),
        ("", "x", "no page"),
        ("disk.*", " ", "missing: --reason"),
    ],
)
def test_a_mute_that_means_nothing_is_refused(place: dict[str, str], code: str, reason: str, sentence: str) -> None:
    done = call(place, "mute", code, "--until", "2999-12-31", "--reason", reason)
    assert done.returncode == 64
    assert sentence in done.stderr


@POSIX
def test_a_report_is_saved_even_if_its_names_cannot_be_kept(place: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder", encoding="utf-8")
    done = call(place, "check", "disk.space", "--output", str(tmp_path / "report.html"), "--quiet")
    assert done.returncode in {0, 1, 2}
    assert "could not be saved" in done.stderr
    assert "<!DOCTYPE html>" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<!DOCTYPE html>" not in done.stdout


@POSIX
def test_a_caller_whose_number_is_none_is_the_one_who_runs_it(place: dict[str, str]) -> None:
    for number in ("abc", "9" * 30, "²"):
        assert call(place, "check", "disk.space", SUDO_UID=number).returncode in {0, 1, 2}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("report", "nowhere.json"), "nowhere.json: такого файла или папки нет"),
        (("check", "--config", "."), ".: это папка"),
        (("list", "more"), "Это лишнее: more. Справка: techkit list --help."),
        (("check", "--deep=yes"), "У --deep нет значения. Справка: techkit check --help."),
        (("new", "thing", "a.b"), "KIND: подойдёт только check, page."),
        (("list", "--verify", "nowhere"), "В папке nowhere нет папки checks/."),
        (("report", __file__), "это не инцидент techkit"),
    ],
)
@POSIX
def test_what_is_wrong_is_told_in_the_language_of_the_person(
    place: dict[str, str], words: tuple[str, ...], sentence: str
) -> None:
    done = call(place, *words, "--lang", "ru")
    assert done.returncode == 64
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_limit_that_is_no_number_is_refused(place: dict[str, str], tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[limits."disk.space"]\nwarning = nan', encoding="utf-8")
    done = call(place, "check", "disk.space", "--config", str(config))
    assert done.returncode == 64
    assert "warning = nan" in done.stderr

"""The outer ring: what PCs without techkit get is made and started: the folder for Windows, the file for Linux."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
import wine
from conftest import ROOT
from shop import OPENING, Shop

if TYPE_CHECKING:
    from pathlib import Path

MAKER = ROOT / ".ci" / "portable"
CORPUS = ROOT.parent / "shared" / "corpus"
PROOF = r"""
@echo off
reg add HKCR\.html /ve /d proof /f >nul
reg add HKCR\proof\shell\open\command /ve /d "cmd /c echo opened>%CD%\opened.txt" /f >nul
for /d %%D in (*) do if exist "%%D\techkit" call "%%D\techkit\techkit.cmd" <nul
echo exit %ERRORLEVEL%
for /d %%D in (*) do if exist "%%D\techkit" call "%%D\techkit\techkit.cmd" check os.nothing
echo exit %ERRORLEVEL%
for /d %%D in (*) do if exist "%%D\techkit" call "%%D\techkit\techkit.cmd" fix --dry-run --lang ru
echo exit %ERRORLEVEL%
for /d %%D in (*) do if exist "%%D\techkit" call "%%D\techkit\techkit.cmd" list --lang ru
echo exit %ERRORLEVEL%
"""
SUITE = b"""
import os, sys
from importlib.machinery import PathFinder
from pathlib import Path

import techkit
packages = str(Path(sys.executable).parent / "Lib" / "site-packages")
assert techkit.__file__.startswith(packages), techkit.__file__
tools = sys.argv[1]
sys.path.append(tools)  # behind everything that the folder brings
import pytest
os.chdir("tree")
code = pytest.main(["-q"])
for name, module in sorted(sys.modules.items()):
    file = getattr(module, "__file__", None) or ""
    if "." not in name and file.startswith(tools) and PathFinder.find_spec(name, [packages]):
        sys.exit(f"{name} is {file}")
sys.exit(int(code))
"""
"""The suite, with the tools of the tests alone from outside."""


def made(system: str, folder: Path) -> Path:
    subprocess.run([sys.executable, MAKER, system, "--out", folder], check=True, timeout=600)
    archive = next(path for path in folder.iterdir() if path.suffix != ".sha256")
    digest, name = archive.with_name(f"{archive.name}.sha256").read_text().split()
    assert (digest, name) == (hashlib.sha256(archive.read_bytes()).hexdigest(), archive.name)
    return archive


@pytest.fixture(scope="module")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Wine sees: the folder, unpacked where there are blanks and Cyrillic, and the tests of the same commit."""
    stick = tmp_path_factory.mktemp("stick")
    place = stick / "Папка с пробелами"
    with zipfile.ZipFile(made("windows", tmp_path_factory.mktemp("out"))) as archive:
        archive.extractall(place)  # noqa: S202 - made a moment ago
    next(place.iterdir()).rename(place / "techkit")
    (stick / "pyproject.toml").write_text('[project]\nname = "stick"\nversion = "1"\n')
    tree = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(tree)) as tar:
        tar.extractall(stick / "tree", filter="data")
    if CORPUS.exists():
        shutil.copytree(CORPUS, stick / "shared" / "corpus")
    return stick


@pytest.mark.wine
@wine.THERE
def test_a_double_click_checks_opens_the_report_and_keeps_the_window(stick: Path) -> None:
    (stick / "proof.cmd").write_text(PROOF.lstrip(), newline="\r\n")
    said = wine.run("cmd", "/c", "proof.cmd", lab=("--rw", "--lang", "ru"), cwd=stick).stdout.decode(
        "cp1251", "replace"
    )
    checked, wrong, planned, listed = re.findall(r"exit (\d+)", said)
    assert {checked, planned} <= {"0", "1", "2", "3"}, said
    assert (wrong, listed) == ("64", "0"), said
    assert "На всех томах есть свободное место" in said, said
    assert "Проверок выполнено" in said, said
    assert "продолжения" in said, said
    report = next(stick.glob("*/techkit/techkit-report.html"))
    assert report.read_text(encoding="utf-8").lower().startswith("<!doctype html>")
    assert (stick / "opened.txt").exists(), said


@pytest.mark.wine
@wine.THERE
@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_whole_suite_passes_with_what_the_folder_brings(stick: Path, language: str) -> None:
    python = next(stick.glob("*/techkit/python/python.exe")).relative_to(stick)
    lab = ("--rw", "--stdin", "--lang", language)
    done = wine.run(str(python).replace("/", "\\"), "-", wine.installed(), lab=lab, cwd=stick, given=SUITE)
    assert done.returncode == 0, (done.stdout + done.stderr).decode("utf-8", "replace")[-3000:]


# ---------------------------------------------------------------------- the file for Linux
DEBIAN = ROOT.parent / "shared" / "lab"
IN_DEBIAN = pytest.mark.skipif(
    not (DEBIAN / "lab.py").exists() or not hasattr(os, "geteuid") or os.geteuid() != 0,
    reason="the lab, beside the project, and root are needed",
)
WORLDS = {
    "root": "healthy|",
    "an ordinary user": "healthy|as='runuser -u alice --'",
    "a full disk": "disk-full-root|",
    "a disk that cannot be written to": "healthy|mount -o remount,ro /",
    "programs in memory or in temporary folders may not run": "healthy|"
    "for place in /dev/shm /run /tmp /var/tmp; do mount -t tmpfs -o noexec,mode=1777 none $place; done",
    "no memory": "healthy|mount -t tmpfs -o size=64k,mode=1777 none /dev/shm",
}
CHECKED = """
as=
{world}
$as /opt/techkit check os --format json <&- > /run/told.json
echo "code $?"
python3 -c 'import json; print("ran", len(json.load(open("/run/told.json"))["results"]))'
sleep 1
ls -d /dev/shm/techkit-* /run/user/*/techkit-* /tmp/techkit-* /var/tmp/techkit-* /root/.cache/techkit-* 2>/dev/null
echo end
"""
SHOP = """
mkdir -p {place} && cp -r /opt/shop/. {place} && cd {place}
mkdir -p ~alice/.config/techkit /etc/techkit && cp config.toml ~alice/.config/techkit
export TECHKIT_CONFIG={place}/config.toml
"""
GUARDED = """
/opt/techkit fix shop.gate.shut --yes & us=$!
until grep -q '^x' gate.conf; do sleep 0.02; done
sleep {moment}
kill -KILL $us
for turn in $(seq 100); do grep -q '^x' gate.conf || break; sleep 0.1; done
grep -c '^x' gate.conf | sed 's/^/left /'
sleep 1
ls -d /dev/shm/techkit-*
/opt/techkit undo --lang en
"""
CONSENTED = """
echo 'alice ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/alice
runuser -u alice -- script -qec '/opt/techkit fix shop.hatch.shut --yes --lang en' /dev/null
cat hatch.conf
ls /var/lib/techkit/journal
"""


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made("linux", tmp_path_factory.mktemp("linux"))


def in_debian(machine: str, script: str, file: Path, *binds: str) -> str:
    script_file = file.with_name("script.sh")
    script_file.write_text(script)
    binds = (f"{file}:/opt/techkit", f"{script_file}:/opt/script.sh", *binds)
    argv = [sys.executable, "lab.py", "run", machine, *(word for bind in binds for word in ("--bind", bind))]
    done = subprocess.run([*argv, "--", "sh", "/opt/script.sh"], cwd=DEBIAN, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.lab
@pytest.mark.skipif(sys.platform != "linux", reason="a file for Linux")
def test_one_file_starts_from_anywhere_and_leaves_nothing(tmp_path: Path, single: Path) -> None:
    places = tmp_path / "a folder" / single.name, tmp_path / "link"
    places[0].parent.mkdir()
    shutil.copy(single, places[0])
    places[1].symlink_to(places[0])
    for start in places:
        said = subprocess.run([str(start), "--version"], capture_output=True, timeout=60, check=True, cwd="/").stdout
        assert said.startswith(b"techkit ")
    known = subprocess.run([sys.executable, "-m", "techkit", "list"], capture_output=True, check=True).stdout
    assert subprocess.run([single, "list"], capture_output=True, check=True).stdout == known
    assert list(places[0].parent.iterdir()) == [places[0]]


@pytest.mark.lab
@pytest.mark.skipif(sys.platform != "linux", reason="a file for Linux")
def test_the_same_sources_make_the_same_file(tmp_path: Path, single: Path) -> None:
    assert made("linux", tmp_path).read_bytes() == single.read_bytes()


@pytest.mark.lab
@pytest.mark.skipif(sys.platform != "linux", reason="a file for Linux")
def test_without_a_python_it_says_which_one_it_needs(single: Path, tmp_path: Path) -> None:
    argv = ["/bin/sh", str(single), "check"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, env={"PATH": str(tmp_path)})
    assert (done.returncode, done.stdout) == (69, "")
    assert "techkit needs Python 3.11" in done.stderr
    assert "нужен" in done.stderr


@pytest.mark.lab
@IN_DEBIAN
@pytest.mark.parametrize("world", WORLDS)
def test_one_file_checks_as_whom_and_where_it_may(single: Path, world: str) -> None:
    machine, _, before = WORLDS[world].partition("|")
    said = in_debian(machine, CHECKED.format(world=before), single)
    code, ran, rest = re.search(r"code (\d)\nran (\d+)\n(.*)end\n", said, re.DOTALL).groups()  # type: ignore[union-attr]
    assert code in "0123", said
    assert int(ran) > 30, said
    assert rest == "", said


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A pack, which lies in the machine where it lies here."""
    shop = Shop(tmp_path / "shop")
    flags = "admin = true\n"
    shop.add("gate", "open = no", "shut", remedies=[("drop", f"{flags}drops_network = true", ['append_lines = "x"'])])
    shop.add("hatch", "open = no", "shut", remedies=[("open", flags, OPENING[0][2])])
    shop.spoil("gate", "hatch")
    (shop.folder / "config.toml").write_text(f'packs = ["{shop.pack}"]\n')
    return shop.folder


@pytest.mark.lab
@IN_DEBIAN
@pytest.mark.parametrize("moment", ["0.1", "3"])
def test_the_guard_of_one_file_outlives_it(single: Path, shop: Path, moment: str) -> None:
    said = in_debian("healthy", (SHOP + GUARDED).format(place=shop, moment=moment), single, f"{shop}:/opt/shop")
    assert "left 0" in said, said
    assert "/techkit-" not in said.partition("left 0")[2].partition("nothing")[0], said
    assert "nothing to undo" in said, said


@pytest.mark.lab
@IN_DEBIAN
def test_the_administrators_half_of_one_file_is_itself(single: Path, shop: Path) -> None:
    said = in_debian("healthy", (SHOP + CONSENTED).format(place=shop), single, f"{shop}:/opt/shop")
    assert "open = yes" in said, said
    assert "0001.jsonl" in said, said

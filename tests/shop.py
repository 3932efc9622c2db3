"""A pack with three checks over plain files: a door, the bell that hangs on it, and a lamp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from techkit.config import Settings
from techkit.remedy import plan, runner, undo

if TYPE_CHECKING:
    from pathlib import Path

    from techkit.model import Cause, Incident, Page, Remedy
    from techkit.remedy.actions import Shown
    from techkit.remedy.done import Done
    from techkit.remedy.plan import Offer

CHECK = '''"""A thing."""
from techkit import Check, Host, Finding
from techkit.check import critical, warning

def probe(host):
    return host.read({path!r})

def judge(text, limits):
    if "{bad}" in text:
        yield {verdict}("{word}", {thing!r}, file={path!r})

CHECK = Check(probe=probe, judge=judge, limits=None)
'''
PAGE = """
caused_by = {caused_by}
[title]
en = "{{subject}}"
ru = "{{subject}}"
[why]
en = "x"
ru = "x"
[evidence]
en = "x"
ru = "x"
"""
REMEDY = """
[[remedy]]
id = "{id}"
{flags}
[remedy.title]
en = "{id}"
ru = "{id}"
[remedy.done]
en = "x"
ru = "x"
"""
STEP = """
[[remedy.step]]
do = "file"
path = "{{file}}"
{edit}
en = "x"
ru = "x"
"""
USELESS = [("useless", "", ['append_lines = "polish = yes"'])]
RINGING = [("fix", "", ['replace_lines = "^rings = no$"\nby = "rings = yes"'])]
HAND = '[[remedy.step]]\nen = "x"\nru = "x"\n'
OPENING = [("open", "", ['append_lines = "hinge = oiled"', 'replace_lines = "^open = no.*$"\nby = "open = yes"'])]


class Shop:
    """The files, the checks and the pages, and somebody who agrees to everything."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.pack = folder / "pack"
        self.journals = folder / "journal"
        self.add("door", "open = no", "shut", remedies=USELESS + OPENING)
        self.add(
            "bell",
            "rings = no",
            "mute",
            caused_by=["shop.door.shut"],
            remedies=[("fix", "", ['replace_lines = "^rings = no$"\nby = "rings = yes"'])],
        )
        self.add("lamp", "light = no", "dark", verdict="warning")

    def add(self, thing: str, bad: str, word: str, **more: Any) -> None:
        """A check, its page with remedies, and a healthy file."""
        path = self.folder / f"{thing}.conf"
        path.write_text(f"# {thing}\nwidth = 2\n{bad.replace('no', 'yes')}\n")
        (self.pack / "checks" / "shop").mkdir(parents=True, exist_ok=True)
        (self.pack / "fixes" / "shop" / thing).mkdir(parents=True, exist_ok=True)
        text = CHECK.format(path=str(path), bad=bad, word=word, thing=thing, verdict=more.get("verdict", "critical"))
        (self.pack / "checks" / "shop" / f"{thing}.py").write_text(text)
        (self.pack / "checks" / "shop" / f"{thing}.toml").write_text('[title]\nen = "x"\nru = "x"\n')
        page = PAGE.format(caused_by=more.get("caused_by", []))
        for id_, flags, edits in more.get("remedies", ()):
            steps = (
                "".join(STEP.format(edit=edit) for edit in edits) if edits else '[[remedy.step]]\nen = "x"\nru = "x"\n'
            )
            flags = flags if "risk" in flags else f'{flags}\nrisk = "low"'  # noqa: PLW2901 - what it is unless it says
            page += REMEDY.format(id=id_, flags=flags) + steps
        (self.pack / "fixes" / "shop" / thing / f"{word}.toml").write_text(page)

    def file(self, thing: str) -> Path:
        """Where a thing is written down."""
        return self.folder / f"{thing}.conf"

    def spoil(self, *things: str) -> None:
        """Break things."""
        for thing in things:
            path = self.file(thing)
            path.write_text(path.read_text().replace("= yes", "= no"))

    def state(self) -> dict[str, Any]:
        """Everything that undo must give back."""
        found = {}
        for path in sorted(self.folder.glob("*.conf*")) + sorted(self.folder.glob(".*")):
            status = path.stat()
            found[path.name] = path.read_bytes(), status.st_mode, status.st_uid, status.st_mtime_ns
        return found

    def fix(self, *codes: str, desk: Desk | None = None, dry: bool = False, **wishes: Any) -> Done:
        """A whole fix."""
        settings = Settings(packs=(str(self.pack),))
        wanted = codes or ("shop.door.shut", "shop.bell.mute", "shop.lamp.dark")
        return runner.fix(settings, plan.Wishes(wanted, **wishes), desk or Desk(), folder=self.journals, dry=dry)

    def undo(self, run: str = "") -> tuple[bool, list[str]]:
        """A whole undo, and what was said."""
        desk = Desk()
        return undo.undo(self.journals, desk, run), desk.told


class Desk:
    """Somebody who agrees, or not, and keeps what was said."""

    def __init__(self, *, agrees: bool = True, answers: tuple[str, ...] = ()) -> None:
        self.told: list[str] = []
        self.shown: list[Offer] = []
        self._agrees = agrees
        self._answers = list(answers)

    def show(self, offer: Offer) -> None:
        """Keep it."""
        self.shown.append(offer)

    def agree(self) -> bool:
        """As told."""
        return self._agrees

    def tell(self, shown: Shown, offer: Offer | None = None, fault: Any = None) -> None:  # noqa: ARG002 - the sentence is enough
        """Keep it."""
        self.told.append(shown.key)

    def put_back(self, number: int) -> bool:
        """As told."""
        self.told.append(f"put back {number}?")
        return bool(self._answers and self._answers.pop(0) == "back")

    def confirmed(self, seconds: float) -> bool:  # noqa: ARG002 - nobody waits
        """As told."""
        self.told.append("confirmed?")
        return bool(self._answers and self._answers.pop(0) == "fine")

    def by_hand(self, cause: Cause, found: Incident) -> None:  # noqa: ARG002 - that it was asked is enough
        """Keep it."""
        self.told.append("by hand")

    def guide(self, cause: Cause, page: Page, remedy: Remedy, number: int) -> str:  # noqa: ARG002 - as above
        """As told."""
        self.told.append(f"step {number}")
        return self._answers.pop(0) if self._answers else ""

"""Our own files: where each lives, who owns it, and how it is written.

| file | place | holds |
|---|---|---|
| config.toml | the platform's configuration folder of the person, or of the machine | settings, written by hand |
| mutes.json | the platform's data folder of the person | what `techkit mute` was told |
| names/*.json | the same | which token stands for which name, per redacted report |
| journal/*.jsonl | the machine's state folder when elevated, else the person's | what a fix changed, for undo |
| quarantine/* | beside the journal | malware that a fix has locked away, encoded |
| reports | where they are asked for | the incident |

Every file is written whole or not at all, for its owner alone, and belongs to the person at the desk even under
sudo; only the journal of an elevated run belongs to the administrator, because undo trusts it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import tempfile
from pathlib import Path

import msgspec

from techkit.inputs import InputError, text
from techkit.model import Mute

MUTES = "mutes.json"


class StoreError(InputError):
    """A file of ours that cannot be written or read."""


def _person() -> tuple[int, int] | None:
    """(uid, gid) of the caller of sudo or pkexec, if we run as root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    uid = os.environ.get("SUDO_UID") or os.environ.get("PKEXEC_UID")
    if not uid or uid == "0":
        return None
    import pwd

    with contextlib.suppress(KeyError, ValueError, OverflowError):
        entry = pwd.getpwuid(int(uid))
        return entry.pw_uid, entry.pw_gid
    return None


def _home() -> Path | None:
    person = _person()
    if person is None:
        return None
    import pwd

    return Path(pwd.getpwuid(person[0]).pw_dir)


def configurations() -> tuple[Path, ...]:
    """Where a configuration is looked for: the person's, then the machine's."""
    import platformdirs

    home = _home()
    own = home / ".config" / "techkit" if home else Path(platformdirs.user_config_dir("techkit", appauthor=False))
    return own / "config.toml", Path(platformdirs.site_config_dir("techkit", appauthor=False)) / "config.toml"


def data() -> Path:
    """The folder for what techkit keeps for the person."""
    import platformdirs

    home = _home()
    return (
        home / ".local" / "share" / "techkit" if home else Path(platformdirs.user_data_dir("techkit", appauthor=False))
    )


def journals() -> Path:
    """The folder for the journals of fixes: the machine's own when we run elevated."""
    import platformdirs

    if sys.platform != "win32" and os.geteuid() == 0:
        return Path("/var/lib/techkit/journal")
    if sys.platform == "win32":
        return Path(platformdirs.site_data_dir("techkit", appauthor=False)) / "journal"
    return Path(platformdirs.user_state_dir("techkit", appauthor=False)) / "journal"


def volatile() -> Path:
    """The folder for a journal when the disk has no room for one: gone with the next start."""
    return Path("/run/techkit/journal") if Path("/run").is_dir() else journals()


def quarantine() -> Path:
    """The folder for quarantined files, beside the journal that can restore them."""
    return journals().parent / "quarantine"


def write(file: Path, content: bytes, *, private: bool = True) -> None:
    """Write a file atomically; raises `StoreError`. `private`: readable by its owner alone."""
    temporary = ""
    try:
        if file.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if file.exists() and not file.is_file():  # root would put a file in the place of a device
            raise StoreError("no_file", file=file)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        if not private:
            Path(temporary).chmod(0o644)
        give_to_person(Path(temporary))
        Path(temporary).replace(file)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise StoreError("file", file=file, why=error) from error


def give_to_person(file: Path) -> None:
    """Give a file made under sudo to the person who called it."""
    person = _person()
    if person and sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.chown(file, *person)


def mutes() -> tuple[Mute, ...]:
    """What was muted; raises `StoreError` for a file that is damaged."""
    file = data() / MUTES
    try:
        return msgspec.json.decode(text(file), type=tuple[Mute, ...])
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise StoreError("file", file=file, why=error) from error
    except ValueError as error:
        raise StoreError("damaged", file=file, why=error) from error


def mute(new: Mute) -> None:
    """Save a mute, replacing an older one for the same code and subject."""
    kept = [one for one in mutes() if (one.code, one.subject) != (new.code, new.subject)]
    write(data() / MUTES, msgspec.json.format(msgspec.json.encode([*kept, new])))


def keep_names(report: str, known: dict[str, str]) -> None:
    """Save which token of a redacted report stands for which name; it never leaves this machine."""
    write(data() / "names" / f"{report}.json", msgspec.json.format(msgspec.json.encode(known)))

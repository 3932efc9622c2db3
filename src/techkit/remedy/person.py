"""The interface to a person during a fix: a terminal, or anything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from techkit.model import Cause, Finding, Incident, Page, Remedy
    from techkit.remedy.actions import Shown
    from techkit.remedy.plan import Offer


class Desk(Protocol):
    """The interface to a person during a fix."""

    def show(self, offer: Offer) -> None:
        """Show what would be done, to the last line."""
        ...

    def agree(self) -> bool:
        """Ask whether to do what was shown."""
        ...

    def tell(self, shown: Shown, offer: Offer | None = None, fault: tuple[Cause | Finding, Page] | None = None) -> None:
        """Say a sentence, about a remedy or a fault if given."""
        ...

    def put_back(self, number: int) -> bool:
        """Ask whether to undo a run that was cut off; False without a person."""
        ...

    def confirmed(self, seconds: float) -> bool:
        """Wait that long for somebody to confirm that the changed network is fine."""
        ...

    def by_hand(self, cause: Cause, found: Incident) -> None:
        """Show the steps for a person."""
        ...

    def guide(self, cause: Cause, page: Page, remedy: Remedy, number: int) -> str:
        """Show one step and ask for its result: done, useless or skip; empty without a person."""
        ...

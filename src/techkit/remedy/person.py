"""The one who is asked and told: a terminal, or whoever else stands between techkit and a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from techkit.model import Cause, Finding, Incident, Page, Remedy
    from techkit.remedy.actions import Shown
    from techkit.remedy.plan import Offer


class Desk(Protocol):
    """The one who is asked and told."""

    def show(self, offer: Offer) -> None:
        """Show what would be done, to the last line."""
        ...

    def agree(self) -> bool:
        """Ask whether what was shown shall be done."""
        ...

    def tell(self, shown: Shown, offer: Offer | None = None, fault: tuple[Cause | Finding, Page] | None = None) -> None:
        """Say a sentence; of which remedy or fault, where it is one's."""
        ...

    def put_back(self, number: int) -> bool:
        """Ask whether a run that was cut off shall be put back; not without a person."""
        ...

    def confirmed(self, seconds: float) -> bool:
        """Wait so long for somebody to say that the changed network is fine, though not everything works yet."""
        ...

    def by_hand(self, cause: Cause, found: Incident) -> None:
        """Show the steps for a person."""
        ...

    def guide(self, cause: Cause, page: Page, remedy: Remedy, number: int) -> str:
        """Show one step for a person and ask what became of it: done, useless or skip; nothing without a person."""
        ...

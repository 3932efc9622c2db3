"""What explains what, with the facts that the checks themselves give: both sides must be able to agree on the place."""

from __future__ import annotations

import pytest
from conftest import CASES, judged

from techkit import catalogue, diagnosis, registry
from techkit.model import Finding


def findings(case: str) -> list[Finding]:
    """What the judge finds in a case, with whole codes."""
    area, check, name = case.split("/")
    return [
        Finding(f"{area}.{check}.{one.code}", one.severity, one.subject, one.facts)
        for one in judged(f"{area}.{check}", CASES / area / check / f"{name}.json")
        if isinstance(one, Finding)
    ]


@pytest.mark.parametrize(
    ("cause", "consequence"),
    [
        ("antivirus/signatures/missing", "antivirus/engine/stopped"),
        ("software/office/service_missing", "software/crashes/office"),
    ],
)
def test_a_consequence_folds_beneath_its_cause(cause: str, consequence: str) -> None:
    seen = [*findings(cause), *findings(consequence)]
    pages = catalogue.Catalogue(registry.roots())
    causes = diagnosis.causes(seen, {one.code: pages.page(one.code) for one in seen})
    assert [one.code for one in causes] == [findings(cause)[0].code]

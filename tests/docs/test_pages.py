"""The pages of the rules: complete, up to date, and their examples real."""

from __future__ import annotations

from pathlib import Path

import pytest

from paritycheck.output.rulepage import read_rule_text, render_rule_page
from paritycheck.rules import RULES
from tests.docs.examples import fill_in, replay, sessions
from tests.docs.generated import generated_pages
from tests.scenario import lay_out_checkout, scenarios

ROOT = Path(__file__).parent.parent.parent
RENEW = "run `make pages`"
WITHOUT_EXAMPLE = {"PC101"}


@pytest.mark.parametrize("code", RULES)
def test_every_rule_has_a_page_with_cause_example_repair_and_when_to_ignore(code: str) -> None:
    page = render_rule_page(RULES[code])
    headings = [line for line in page.splitlines() if line.startswith("#") and line[1] in "# "]
    told = [line for line in headings if line.startswith("## ")]
    assert page.startswith(f"# {code} {RULES[code].slug}\n")
    assert told == ["## Cause", "## Example", "## Repair", "## When to ignore"]
    assert RULES[code].help in page
    assert "<!--" not in page


@pytest.mark.parametrize("code", sorted(RULES.keys() - WITHOUT_EXAMPLE))
def test_the_example_shows_the_finding_as_it_is_reported_today(code: str, tmp_path: Path) -> None:
    text = read_rule_text(code)
    shown = "".join(sessions(text))
    reported = [
        line.split()[1] for line in shown.splitlines() if line.startswith(("error", "warning", "note"))
    ]
    assert code in reported
    assert fill_in(text, tmp_path) == text, RENEW


def test_the_pages_made_of_the_program_are_up_to_date() -> None:
    pages = generated_pages()
    for path, text in pages.items():
        assert (ROOT / "docs" / path).read_text(encoding="utf-8") == text, f"docs/{path}: {RENEW}"
    kept = {f"rules/{path.name}" for path in (ROOT / "docs/rules").iterdir()}
    assert kept == {path for path in pages if path.startswith("rules/")}


def test_the_session_of_the_readme_is_what_the_incident_shows(tmp_path: Path) -> None:
    incident = next(scenario for scenario in scenarios() if scenario.name == "incident")
    checkout = lay_out_checkout(incident, tmp_path / "checkout")
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "$ paritycheck check .\n" in "".join(sessions(text))
    assert replay(text, checkout) == text, RENEW

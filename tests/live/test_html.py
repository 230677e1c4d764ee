"""The HTML report in a real browser: shown, filtered and unfolded with the keyboard, and silent."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import msgspec
import pytest
from selenium.webdriver.common.keys import Keys

from paritycheck.model.journey import GATE_ORDER
from paritycheck.model.report import Report
from paritycheck.output.html import render_html
from tests.live.browser import Browser, opened
from tests.output.values import EVIL_SHOWN, LOSS, SHARED, report, verdicts

GATES = list(GATE_ORDER)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests."""
    with opened(tmp_path_factory.mktemp("pages")) as started:
        yield started


@pytest.fixture(autouse=True)
def quiet(browser: Browser) -> Iterator[None]:
    """Hold every test to a console without a word, and to pages that ask for nothing but themselves."""
    yield
    assert browser.complaints() == []
    assert set(browser.requests()) <= {browser.driver.current_url}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def many(number: int, items: int) -> Report:
    """So many findings with so many items each, lost at the gates in turn."""
    findings = []
    for each in range(number):
        gate = GATES[each % 7]
        made = [
            msgspec.structs.replace(
                LOSS.items[0], name=f"app.f{each}.m{item}", path=f"app/f{each}/m{item}.py"
            )
            for item in range(items)
        ]
        travelled = tuple(msgspec.structs.replace(item, journey=verdicts(gate)) for item in made)
        findings.append(
            msgspec.structs.replace(LOSS, message=f"app.f{each} is missing", items=travelled, locations=())
        )
    return report(*findings)


def test_it_shows_the_report(browser: Browser) -> None:
    browser.open(SHARED)
    assert browser.one("h1").text == "checkout . → image web"
    assert browser.one("#verdict").text == "2 errors, 2 warnings, 1 note"
    facts = dict(zip(browser.texts("#facts dt"), browser.texts("#facts dd"), strict=True))
    assert facts["Containerfile"] == "deploy/Containerfile"
    assert facts["image"] == "sha256:0123456789ab"
    assert browser.texts(".gate strong") == GATES
    assert browser.texts(".gate .tally") == ["none lost", "2 lost", "1 lost", *["none lost"] * 5]
    assert len(browser.all("#journey svg path.fallen")) == 2
    assert browser.status() == "5 of 5 findings"
    messages = browser.texts(".finding .message")
    assert messages == [finding.message.replace("`", "") for finding in SHARED.findings[:3]] + [
        f"{EVIL_SHOWN} differs",
        SHARED.findings[4].message,
    ]
    assert browser.texts("#remarks li")[1] == f"{EVIL_SHOWN}: denied"


def test_parity_is_said(browser: Browser) -> None:
    browser.open(report())
    assert browser.one("#verdict").text == "parity"
    assert browser.status() == "Nothing that the container needs is missing."
    assert not browser.one("#filters").is_displayed()
    assert not browser.all("path.fallen")


def test_everything_is_reached_and_filtered_with_the_keyboard(browser: Browser) -> None:
    browser.open(SHARED)
    browser.press("/")
    assert browser.driver.switch_to.active_element == browser.one("#text")
    browser.press(*"GRÖSSE".lower().replace("ss", "ß"))
    assert browser.status() == "1 of 5 findings"
    browser.press(Keys.ESCAPE)
    assert browser.status() == "5 of 5 findings"
    browser.one("body").click()
    browser.tab_to("#severities label:nth-of-type(1) input")
    browser.press(Keys.SPACE)
    assert browser.status() == "3 of 5 findings"
    assert not browser.all(".finding.error")
    browser.press(Keys.SPACE)
    browser.tab_to("#rule")
    browser.press("P", "C", "1", "0", "2")
    assert browser.status() == "1 of 5 findings"
    browser.tab_to("#filters button[type=reset]")
    browser.press(Keys.ENTER)
    time.sleep(0.1)
    assert browser.status() == "5 of 5 findings"


def test_a_gate_shows_what_it_lost(browser: Browser) -> None:
    browser.open(SHARED)
    browser.tab_to(".stations li:nth-child(2) button")
    browser.press(Keys.ENTER)
    assert browser.status() == "1 of 5 findings"
    assert browser.texts(".finding .rule") == ["PC102 untracked"]
    assert browser.one(".stations li:nth-child(2) button").get_attribute("aria-pressed") == "true"
    browser.press(Keys.SPACE)
    assert browser.status() == "5 of 5 findings"


def test_a_finding_unfolds_down_to_the_reasons(browser: Browser) -> None:
    browser.open(SHARED)
    browser.tab_to(".finding:nth-of-type(1) .head")
    assert not browser.all(".body dl")
    browser.press(Keys.ENTER)
    head = browser.one(".finding .head")
    assert head.get_attribute("aria-expanded") == "true"
    body = browser.one(f"#{head.get_attribute('aria-controls')}")
    assert "add !app/monitoring/ after .dockerignore:4" in body.text
    assert "**/monitoring" in body.text
    browser.press(Keys.TAB)
    assert browser.driver.switch_to.active_element == browser.one(".chain summary")
    browser.press(Keys.ENTER)
    assert browser.texts(".chain li") == ["app.main", "app.routes"]
    assert (
        browser.one("summary.track .spoken").get_attribute("textContent")
        == ": lost at context, unknown at importable"
    )
    browser.tab_to("summary.track")
    browser.press(Keys.ENTER)
    browser.until(lambda: bool(browser.all(".verdicts")))
    assert browser.texts(".verdicts li strong") == GATES
    assert "context says lost" in browser.one(".verdicts .lost").text
    browser.tab_to(".finding:nth-of-type(2) .head")
    browser.driver.execute_script("document.querySelector('.head').focus()")
    browser.press(Keys.ENTER)
    assert not body.is_displayed()


def test_names_are_shown_as_they_are(browser: Browser) -> None:
    browser.open(SHARED)
    for head in browser.all(".head"):
        head.click()
    assert "app.<b>\napp/<b>.py" in browser.texts(".item .name")
    assert f"{EVIL_SHOWN}13" in browser.texts(".item .name")
    assert (
        browser.driver.execute_script("return document.querySelectorAll('main b b, img, iframe').length") == 0
    )


def test_what_one_searches_is_found_among_many_items(browser: Browser) -> None:
    browser.open(many(1, 500))
    browser.one("#text").send_keys("f0/m417")
    browser.one(".head").click()
    assert browser.texts(".item .name") == ["app.f0.m417\napp/f0/m417.py"]


@pytest.mark.parametrize(("number", "items"), [(5000, 1), (1, 5000), (100, 50)])
def test_quick_with_5000_items(number: int, items: int, browser: Browser) -> None:
    began = time.monotonic()
    browser.open(many(number, items))
    assert browser.status() == f"{number:,} of {number:,} finding{'' if number == 1 else 's'}"
    opened = time.monotonic() - began
    assert len(browser.all(".finding")) == min(number, 100)
    script = """
        const field = document.getElementById("text");
        const began = performance.now();
        field.value = arguments[0];
        field.dispatchEvent(new Event("input", { bubbles: true }));
        document.body.offsetHeight;
        return performance.now() - began;
    """
    first = browser.driver.execute_script(script, f"f{number - 1}.m{items - 1}")
    again = browser.driver.execute_script(script, "app")
    assert browser.status().startswith(f"{number:,} of")
    browser.one(".head").click()
    assert len(browser.all(".item")) == min(items, 50)
    if items > 50:
        browser.one(".more-items").click()
        assert len(browser.all(".item")) == 100
        assert browser.driver.switch_to.active_element == browser.all(".item summary")[50]
    if number > 100:
        browser.one("#more").click()
        assert len(browser.all(".finding")) == 200
        assert browser.driver.switch_to.active_element == browser.all(".head")[100]
    # On a quiet machine it is a tenth of that.
    assert opened < 8
    assert (first, again) < (2000, 2000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark(scheme: str, browser: Browser) -> None:
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.open(SHARED)
    seen = [_background(browser)]
    for said in ("light", "dark", "auto"):
        browser.one("#theme").click()
        assert browser.one("#theme").text == f"Theme: {said}"
        seen.append(_background(browser))
    dark = [colour < 128 for colour in seen]
    assert dark == [scheme == "dark", False, True, scheme == "dark"]


def _background(browser: Browser) -> int:
    colour = browser.driver.execute_script("return getComputedStyle(document.body).backgroundColor")
    return int(colour.removeprefix("rgb(").split(",")[0])


CONTRAST = """
    const channel = (value) => value <= 10.3 ? value / 3295 : ((value / 255 + 0.055) / 1.055) ** 2.4;
    const light = (rgb) => 0.2126 * channel(rgb[0]) + 0.7152 * channel(rgb[1]) + 0.0722 * channel(rgb[2]);
    const parse = (text) => text.match(/[\\d.]+/g).map(Number);
    const behind = (node) => {
      for (let at = node; at; at = at.parentElement) {
        const colour = parse(getComputedStyle(at).backgroundColor);
        if (colour.length < 4 || colour[3] > 0) { return colour; }
      }
      return [255, 255, 255];
    };
    const found = [];
    for (const node of document.querySelectorAll("body *")) {
      const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
      const aside = node.closest(".spoken, .skip, script, option, svg, .mark.skipped, .idle");
      if (!own || aside || !node.checkVisibility()) { continue; }
      const [one, two] = [light(parse(getComputedStyle(node).color)), light(behind(node))];
      const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
      if (ratio < 4.5) { found.push(`${node.tagName}.${node.className} ${ratio.toFixed(2)}`); }
    }
    return [...new Set(found)];
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_background(scheme: str, browser: Browser) -> None:
    """4.5 to 1, as WCAG 2 wants it of text (AA)."""
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.open(SHARED)
    for head in browser.all(".head"):
        head.click()
    browser.driver.execute_script("document.querySelector('summary.track').click()")
    browser.until(lambda: bool(browser.all(".verdicts")))
    assert browser.driver.execute_script(CONTRAST) == []


def test_everything_that_is_worked_has_a_name(browser: Browser) -> None:
    browser.open(SHARED)
    browser.one(".head").click()
    nodes = browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    worked = ("button", "checkbox", "combobox", "searchbox", "textbox", "link", "DisclosureTriangle")
    named = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in nodes
        if not node.get("ignored") and node["role"]["value"] in worked
    ]
    assert {role for role, _ in named} >= {"button", "checkbox", "combobox", "searchbox"}
    assert [each for each in named if not each[1].strip()] == []
    assert ("searchbox", "Path, module or text") in named


def test_it_asks_for_nothing_where_a_server_hands_it_out(browser: Browser) -> None:
    """From a file nothing could be asked for; beside CI's artefacts it is served."""
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its name there)
            asked.append(str(args[0]))

    (browser.folder / "served.html").write_text(render_html(SHARED), encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(browser.folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        browser.driver.get(f"http://127.0.0.1:{server.server_port}/served.html")
        assert browser.status() == "5 of 5 findings"
        for head in browser.all(".head"):
            head.click()
        time.sleep(0.5)
    finally:
        server.shutdown()
        server.server_close()
    assert asked == ["GET /served.html HTTP/1.1"]


def test_the_policy_lets_nothing_in(browser: Browser) -> None:
    """Were there a way in, the browser would still run nothing and ask for nothing."""
    browser.open(SHARED)
    browser.driver.execute_script(
        """
        const image = document.createElement("img");
        image.src = "http://127.0.0.1:9/x.png";
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(image, script);
        """
    )
    time.sleep(0.2)
    assert browser.driver.execute_script("return window.ran") is None
    refused = [entry["message"] for entry in browser.complaints()]
    assert len(refused) == 2
    assert all("Content Security Policy" in message for message in refused)

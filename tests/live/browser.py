"""Debian's Chromium, without a screen, steered by its own driver."""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from paritycheck.model.report import Report
from paritycheck.output.html import render_html

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--no-default-browser-check", "--disable-dev-shm-usage", "--window-size=1280,1000"),
)


class Browser:
    """A browser that remembers what its pages asked the network for and what went wrong."""

    def __init__(self, driver: webdriver.Chrome, folder: Path) -> None:
        self.driver = driver
        self.folder = folder

    def open(self, report: Report, name: str = "report.html") -> None:
        (self.folder / name).write_text(render_html(report), encoding="utf-8")
        self.driver.get((self.folder / name).as_uri())

    def one(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        return [element.text for element in self.all(selector)]

    def press(self, *keys: str) -> None:
        for key in keys:
            webdriver.ActionChains(self.driver).send_keys(key).perform()

    def tab_to(self, selector: str) -> None:
        """Walk there with the Tab key, as somebody without a mouse does."""
        wanted = self.one(selector)
        for _ in range(80):
            if self.driver.switch_to.active_element == wanted:
                return
            self.press(Keys.TAB)
        pytest.fail(f"{selector} is not reached with Tab")

    def until(self, done: Callable[[], bool]) -> None:
        """Wait for what a page does in its own time."""
        deadline = time.monotonic() + 10
        while not done():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def status(self) -> str:
        return self.one("#status").text

    def requests(self) -> list[str]:
        """The addresses that were asked for since the last time.

        Not those of the browser's own pages, nor those that the policy of the page stopped.
        """
        events = [json.loads(entry["message"])["message"] for entry in self._log("performance")]
        stopped = {
            event["params"]["requestId"]
            for event in events
            if event["method"] == "Network.loadingFailed" and event["params"].get("blockedReason") == "csp"
        }
        sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
        urls = [each["request"]["url"] for each in sent if each["requestId"] not in stopped]
        return [url for url in urls if not url.startswith(("chrome:", "data:"))]

    def _log(self, name: str) -> list[dict[str, Any]]:
        return list(self.driver.get_log(name))  # type: ignore[no-untyped-call]

    def complaints(self) -> list[dict[str, Any]]:
        """What stands on the console since the last time."""
        return self._log("browser")


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Browser]:
    """Start a Chromium with a profile of its own, whose pages are kept in ``folder``."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with tempfile.TemporaryDirectory(prefix="paritycheck-chromium-", ignore_cleanup_errors=True) as profile:
        options.add_argument(f"--user-data-dir={profile}")
        driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        try:
            yield Browser(driver, folder)
        finally:
            driver.quit()

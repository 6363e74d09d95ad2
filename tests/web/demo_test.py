"""The demo page, as a visitor uses it."""

import re

from conftest import KEY
from playwright.sync_api import expect


def connect(page, key=KEY):
    page.fill("#key", key)
    page.click("#toggle")


def wait_for_ticks(page, count=3):
    """Waits until the first symbol's bid has changed `count` times."""
    page.wait_for_selector("#quotes td.price")
    page.evaluate(
        """count => new Promise((done) => {
             const cell = document.querySelector('#quotes td.price');
             let seen = 0;
             new MutationObserver((_, observer) => { if (++seen >= count) { observer.disconnect(); done(); } })
               .observe(cell, {childList: true});
           })""", count)


def painted(page):
    """How many pixels of the chart have the colours of candles."""
    return page.evaluate(
        """() => {
             const canvas = document.getElementById('candles');
             const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
             let count = 0;
             for (let i = 0; i < data.length; i += 4)
               if (data[i + 3] > 200 && Math.abs(data[i] - data[i + 1]) > 60) count++;
             return count;
           }""")


def test_shows_live_quotes_and_candles(page, screenshot):
    connect(page)
    expect(page.locator("#state")).to_have_text("live")
    expect(page.locator("#quotes tr")).to_have_count(8)
    wait_for_ticks(page)
    expect(page.locator("#title")).to_have_text("EURUSD")
    expect(page.locator("#last")).to_have_text(re.compile(r"^\d\.\d{5}$"))
    expect(page.locator("#age")).to_have_text(re.compile(r"^\d\.\d s$"))
    expect(page.locator("#rate")).to_have_text(re.compile(r"^[1-9]\d*$"))
    page.wait_for_selector("td.price.up, td.price.down")
    assert int(page.inner_text("#sequence")) > 0
    assert painted(page) > 2000
    screenshot("light")
    page.click("#theme")
    wait_for_ticks(page)
    screenshot("dark")


def test_small_screens_have_all_below_each_other(page, screenshot):
    page.set_viewport_size({"width": 420, "height": 900})
    connect(page)
    wait_for_ticks(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    screenshot("small")


def test_symbols_come_and_go_on_the_open_stream(page):
    connect(page)
    expect(page.locator("#state")).to_have_text("live")
    row = page.locator("tr[data-symbol=GBPUSD]")
    row.locator(".remove").click()
    expect(row).to_have_count(0)
    page.fill("#symbol", "GBPUSD")
    page.press("#symbol", "Enter")
    expect(row.locator("td.price").first).to_have_attribute("data-price", re.compile(r"^\d\.\d{5}$"))
    row.click()
    expect(page.locator("#title")).to_have_text("GBPUSD")

    page.fill("#symbol", "NONE")
    page.press("#symbol", "Enter")
    expect(page.locator("#problem")).to_contain_text("SYMBOL_NOT_FOUND")
    expect(page.locator("tr[data-symbol=NONE]")).to_have_count(0)
    expect(page.locator("#state")).to_have_text("live")


def test_a_wrong_key_is_told(page, screenshot):
    connect(page, "mts_wrong")
    expect(page.locator("#problem")).to_contain_text("API_KEY_INVALID")
    expect(page.locator("#state")).to_have_text("failed")
    screenshot("wrong_key")


def test_the_key_stays_in_the_tab(page):
    connect(page)
    expect(page.locator("#state")).to_have_text("live")
    assert page.evaluate("sessionStorage.getItem('mtsuite-key')") == KEY
    assert KEY not in page.evaluate("JSON.stringify(localStorage) + document.cookie + location.href")
    page.reload()
    assert page.input_value("#key") == KEY


def test_old_prices_are_not_shown_as_live(page, market):
    """When the feed stops, its age grows; when it goes on, so does the page."""
    connect(page)
    expect(page.locator("#state")).to_have_text("live")
    wait_for_ticks(page)
    market.freeze(True)
    page.wait_for_function("() => parseFloat(document.getElementById('age').textContent) > 2.5")
    before = page.inner_text("#sequence")
    market.freeze(False)
    page.wait_for_function("() => parseFloat(document.getElementById('age').textContent) < 1")
    wait_for_ticks(page)
    assert int(page.inner_text("#sequence")) > int(before)
    expect(page.locator("#resets")).to_have_text("0")


def test_a_lost_connection_is_resumed(page):
    page.evaluate(
        """() => {
             const Plain = WebSocket;
             window.urls = [];
             window.WebSocket = class extends Plain {
               constructor(url) { super(url); urls.push(String(url)); window.newest = this; }
             };
             for (const name of ['OPEN', 'CONNECTING']) window.WebSocket[name] = Plain[name];
           }""")
    connect(page)
    expect(page.locator("#state")).to_have_text("live")
    wait_for_ticks(page)
    page.evaluate("newest.close()")
    page.wait_for_function("() => urls.length > 1 && document.getElementById('state').textContent === 'live'")
    wait_for_ticks(page)
    urls = page.evaluate("urls")
    assert "resumeAfter.sequence=" in urls[1]
    assert all(KEY not in url for url in urls)
    expect(page.locator("#resets")).to_have_text("0")

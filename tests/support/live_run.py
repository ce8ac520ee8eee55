"""A reader who presses "Run this page", and notes what every cell then says."""

LIVE = "_static/live/pyodide-lock.json"
MINUTES = 5 * 60_000
# A script before those of the page: it notes cells that have come to an end, in order.
NOTE = "window.live = []; addEventListener('live-ran', event => window.live.push(event.detail))"


def press(tab, text):
    tab.locator(".live-bar").get_by_role("button", name=text, exact=True).click()


def status(tab):
    return tab.locator(".live-bar [role=status]").text_content()


def wait_until(tab, text):
    """Until the status begins so; a failure says what it says instead."""
    tab.wait_for_function(
        """text => { const said = document.querySelector('.live-bar [role=status]').textContent;
            return said.startsWith(text) || /failed|did not|raised/.test(said); }""",
        arg=text,
        timeout=MINUTES,
    )
    assert status(tab).startswith(text), tab.evaluate("window.live?.at(-1)")


def start(tab):
    """Press the button, and wait for Python."""
    press(tab, "Run this page")
    wait_until(tab, "Ready")


def run_all(tab):
    """Run every cell; what each said."""
    press(tab, "Run all")
    tab.wait_for_function("() => window.live.length > 0", timeout=MINUTES)
    wait_until(tab, "Ready")
    return tab.evaluate("window.live")


def write(tab, source):
    """In place of the code of the first cell, which is unfolded for it."""
    tab.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    tab.locator(".cell_input pre").first.fill(source)


def run_first(tab, source):
    """Run this as the first cell, by key; what it said."""
    count = tab.evaluate("window.live.length")
    write(tab, source)
    tab.locator(".cell_input pre").first.press("Shift+Enter")
    tab.wait_for_function(f"() => window.live.length > {count}", timeout=MINUTES)
    return tab.evaluate("window.live.at(-1).outputs")


def begin(tab, source):
    """Run this as the first cell, and do not wait for its end."""
    write(tab, source)
    tab.locator(".live-line button").first.click()
    wait_until(tab, "Running cell 1")

"""A reader who presses "Run this page", and notes what every cell then says."""

from chromium import missing

RUNTIME = "_static/live/pyodide-lock.json"
MINUTES = 5 * 60_000
# A script before those of the page: it notes cells that have come to an end, in order.
NOTE = "window.live = []; addEventListener('live-ran', event => window.live.push(event.detail))"


# Another page takes the place of the one that is open, and the Python of the first runs its cells:
# what took seconds to load serves them all. The names of the page before are forgotten.
RUN_IN_TURN = """async ([address, files]) => {
    const { Cell } = await import(`${files}live_cell.js`);
    const { Python } = await import(`${files}live_python.js`);
    window.python ??= new Python(files);
    await window.python.ready;
    await window.python.run('[globals().pop(key) for key in {*globals()} - '
        + '{"__name__", "__builtins__", "display"}];', 0, () => {});
    const text = await (await fetch(address)).text();
    const article = new DOMParser().parseFromString(text, 'text/html').querySelector('article');
    document.querySelector('article').replaceWith(article);
    const said = [];
    for (const element of article.querySelectorAll('.cell:has(.cell_input pre)')) {
        const cell = new Cell(element, said.length + 1, () => {});
        await cell.runIn(window.python);
        said.push(cell.outputs);
    }
    return said; }"""


def require_runtime(site):
    """Python for the browser is an addition to a site, which is a folder."""
    if not (site / RUNTIME).exists():
        missing("there is no Python for the browser on the site", "run make live")


def press(tab, text):
    tab.locator(".live-bar").get_by_role("button", name=text, exact=True).click()


def status(tab):
    return tab.locator(".live-bar [role=status]").text_content()


def wait_until(tab, text):
    """Until the status begins so; a failure says what it says instead."""
    tab.wait_for_function(
        """text => { const said = document.querySelector('.live-bar [role=status]').textContent;
            return said.startsWith(text) || /failed|did not start|raised/.test(said); }""",
        arg=text,
        timeout=MINUTES,
    )
    assert status(tab).startswith(text), tab.evaluate("window.live?.at(-1)")


def start(tab):
    """Press the button, and wait for Python."""
    press(tab, "Run this page")
    wait_until(tab, "Python is ready")


def run_all(tab):
    """Run every cell; what each said."""
    press(tab, "Run all")
    tab.wait_for_function("() => window.live.length > 0", timeout=MINUTES)
    wait_until(tab, "Done")
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


def run_in_turn(tab, address):
    """Run a page's cells by the Python of the tab, from first to last; what each said."""
    return tab.evaluate(RUN_IN_TURN, [address, address.rpartition("/book/")[0] + "/_static/"])

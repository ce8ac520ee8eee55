"""Sphinx extension of the book: what a page says of itself to whoever passes it on.

A description and a preview in its head, a box "Cite this page" at its end. Two settings of
_config.yml, both empty as the book comes, say where it lies: with ``html.baseurl`` the preview has
its picture and the citation its address; with ``repository.url`` there are links to the repository
and its issues, and buttons that open a page in Colab and Binder. Nothing here asks another host.
"""

import re
from html import escape

from docutils import nodes

from flatlib import __version__

PICTURE = "_static/valley.png"
LONGEST = 200  # characters of a description: more is cut off where it is shown
GOAL = re.compile(r"By the end you can .*")
LAUNCH = {"binderhub_url": "https://mybinder.org", "colab_url": "https://colab.research.google.com"}
CITE = """<details class="cite-page"><summary>Cite this page</summary>
<p>{author}. <cite>{page}</cite>, in <cite>{book}</cite>, version {version}, {year}. {address}
If you use a claim, please cite the paper that makes it as well.</p></details>
"""


def offer_repository(app, config):
    """The links to a repository, where there is one; the theme cannot do without its address."""
    options = config.html_theme_options
    if options.get("repository_url"):
        options |= {"use_repository_button": True, "use_issues_button": True}
        options["launch_buttons"] = options.get("launch_buttons", {}) | LAUNCH


def words(node):
    """The text of a paragraph, on one line."""
    return " ".join(node.astext().split())


def description(doctree):
    """What the page teaches, or its first paragraph without a formula, in few words."""
    plain = [p for p in doctree.findall(nodes.paragraph) if not any(p.findall(nodes.math))]
    texts = [words(paragraph) for paragraph in plain]
    goals = [match.group() for text in texts if (match := GOAL.search(text))]
    text = next(iter(goals + [text for text in texts if len(text) > 50]), "")
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rsplit(" ", 1)[0] + "…"


def head(title, text, book, base, pagename):
    """The tags in the head of a page; an address is whole, or it is not given."""
    named = {"og:type": "article", "og:site_name": book, "og:title": title, "og:description": text}
    if base:
        named |= {"og:url": f"{base}/{pagename}.html", "og:image": f"{base}/{PICTURE}"}
    tags = [f'<meta property="{name}" content="{escape(value)}">' for name, value in named.items()]
    return "".join([f'<meta name="description" content="{escape(text)}">', *tags])


def introduce(app, pagename, templatename, context, doctree):
    """Head and box of a page that somebody has written."""
    if doctree is None:
        return
    config, title = app.config, re.sub("<[^>]+>", "", context.get("title", ""))
    base, book = (config.html_baseurl or "").rstrip("/"), config.html_title
    tags = head(title, description(doctree), book, base, pagename)
    context["metatags"] = context.get("metatags", "") + tags
    context["body"] = context.get("body", "") + CITE.format(
        author=escape(config.author),
        page=title,
        book=escape(book),
        version=__version__,
        year=re.search(r"\d{4}", config.copyright).group(),
        address=f"{base}/{pagename}.html." if base else "",
    )


def setup(app):
    """Register with Sphinx."""
    app.connect("config-inited", offer_repository)
    app.connect("html-page-context", introduce)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""How Sphinx builds the site: Markdown by MyST; as dirhtml, so that rules/PC103/ is the URL of a rule."""

from __future__ import annotations

from paritycheck import __version__

project = "paritycheck"
release = version = __version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"paritycheck {release}"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
# The page of a rule has headings like those of every other: they are no targets of each other.
suppress_warnings = ["myst.duplicate_def"]
# The sessions hold paths, signs and code of no language.
highlight_language = "text"

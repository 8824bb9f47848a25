"""Sphinx: pages in Markdown (MyST), the furo theme, nothing from the network when built or read."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import generate  # noqa: E402

from kgtools import __version__  # noqa: E402

project = "Indo-Pacific Partnership Knowledge Graph"
author = "Indo-Pacific Partnership Knowledge Graph founders"
copyright = f"{author}; pages CC BY 4.0"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["**/README.md"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
default_role = "code"
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "furo"
html_title = project
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False

generate.generate()

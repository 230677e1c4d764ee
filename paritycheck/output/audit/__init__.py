"""The audit as Markdown, HTML and text: the same sections, written three ways."""

from paritycheck.output.audit.html import render_audit_html
from paritycheck.output.audit.markdown import render_audit_markdown
from paritycheck.output.audit.text import render_audit_text

__all__ = ["render_audit_html", "render_audit_markdown", "render_audit_text"]

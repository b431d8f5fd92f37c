"""A report as something to look at: HTML, Markdown, JSON. Pure: a sealed report goes in, text comes out."""

from ecs_dr.report.render import render_html, render_json, render_markdown

__all__ = ["render_html", "render_json", "render_markdown"]

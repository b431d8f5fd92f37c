"""A report as something to look at: HTML, Markdown, JSON. Pure: a sealed report goes in, text comes out."""

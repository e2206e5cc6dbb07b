"""Staff's texts: Markdown becomes safe HTML when it is written, so that no page has to clean it."""

import nh3
from markdown_it import MarkdownIt

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "h3", "h4", "blockquote", "a", "hr", "code"}
_HEADINGS = {"h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4"}

_markdown = MarkdownIt("commonmark", {"html": False})
_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}},
    url_schemes={"https", "http", "mailto"},
    link_rel="noopener noreferrer",
)


def html_of(markdown: str) -> str:
    """Markdown as HTML of a few harmless tags; a page's headings stay above those of the text."""
    tokens = _markdown.parse(markdown)
    for token in tokens:
        token.tag = _HEADINGS.get(token.tag, token.tag)
    return _cleaner.clean(_markdown.renderer.render(tokens, _markdown.options, {})).strip()

"""The XML of a file in a tree that never grows: what has been read is taken out while the rest is still coming.

Only what has a later sibling is touched. The last child of an element may still be under construction in the XML
library, and so may its text.

Lines come from the library, which is exact up to line 65,535 and may be off by the lines of one element after that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from lxml import etree

from integration.formats.espi.element import Element
from integration.formats.espi.limits import HREF
from integration.formats.espi.names import BLOCK, CONTENT, ENTRY, FEED, TITLE
from integration.formats.espi.runs import MARK


class Malformed(Exception):  # noqa: N818  # what a file is, not what we did wrong
    """The octets are no well-formed XML from this line on, in the words of the library."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line = line


class Skeleton:
    """The tree of one file, fed with octets in order; `title` is that of the feed once it has been read."""

    def __init__(self) -> None:
        self._parser = etree.XMLPullParser(
            events=("start",), tag=(FEED, ENTRY), resolve_entities=False, no_network=True, load_dtd=False,
            dtd_validation=False, huge_tree=False, remove_comments=True,
        )  # fmt: skip
        self._root: Element | None = None
        self.whole = False
        self.title = ""

    def feed(self, octets: bytes) -> None:
        """Take more of the file. Malformed where it is not well-formed; the tree then keeps what came before."""
        try:
            self._parser.feed(octets)
        except etree.XMLSyntaxError as error:
            raise _malformed(error) from error
        finally:
            for _, element in self._parser.read_events():
                self._root = cast("Element", element) if self._root is None else self._root
        for entry in self._parser.feed_error_log:
            # An entity nobody declared stops the library without an exception.
            if entry.level >= etree.ErrorLevels.ERROR:
                raise Malformed(int(entry.line), str(entry.message))

    def close(self) -> None:
        """The file ends here. Malformed where it may not."""
        try:
            self._parser.close()
        except etree.XMLSyntaxError as error:
            raise _malformed(error) from error
        self.whole = True

    @property
    def is_feed(self) -> bool:
        """Whether the file is an Atom feed or entry; known after the first element."""
        return self._root is not None and self._root.getparent() is None

    def entries(self) -> Iterator[Element]:
        """The entries complete by now, once each."""
        root = self._root
        if root is not None and root.tag == ENTRY:
            yield from [root] if self.whole else []
        elif root is not None:
            last = None if self.whole or not len(root) else root[-1]
            for child in root.iterchildren(ENTRY, TITLE):
                if child is last:
                    break
                if child.tag == ENTRY:
                    yield child
                else:
                    self.title = self.title or (child.text or "").strip()[:HREF]
            del root[: len(root) - (last is not None)]

    @property
    def open_entry(self) -> Element | None:
        """The last entry, while nobody knows whether more of it comes."""
        if self.whole or self._root is None:
            return None
        if self._root.tag == ENTRY:
            return self._root
        return self._root[-1] if len(self._root) and self._root[-1].tag == ENTRY else None


def _malformed(error: etree.XMLSyntaxError) -> Malformed:
    return Malformed(int(error.lineno or 0), (error.msg or "").partition(", line")[0])


def resources(entry: Element) -> list[Element]:
    """What an entry carries: the elements in its content."""
    return [element for content in entry.iterchildren(CONTENT) for element in content.iterchildren("*")]


@dataclass(frozen=True, slots=True)
class Taken:
    """An interval block, its children (readings, marks of runs) not taken before, and whether it is complete."""

    block: Element
    children: list[Element]
    whole: bool


def take_blocks(entry: Element, *, whole: bool, broken: bool = False) -> Iterator[Taken]:
    """The interval blocks of an entry as far as they are complete; what is given is taken out of the tree.

    Of an entry that is not `whole` the last reading of the last block stays: it may be half of one. Where the file
    breaks off (`broken`) it counts if it is a mark, as what that stands for was complete, or if text follows it.
    """
    for content in entry.iterchildren(CONTENT):
        for block in list(content.iterchildren(BLOCK)):
            complete = whole or block is not content[-1]
            yield Taken(block, _take_children(block, whole=complete, broken=broken), complete)
            if complete and not whole:
                content.remove(block)


def _take_children(block: Element, *, whole: bool, broken: bool) -> list[Element]:
    children = list(block)
    if not whole and children and not (broken and (is_mark(children[-1]) or children[-1].tail)):
        children.pop()
    del block[: len(children)]
    return children


def is_mark(element: Element) -> bool:
    """Whether this stands for a run of readings."""
    found = cast("object", element)
    return isinstance(found, etree._ProcessingInstruction) and found.target == MARK

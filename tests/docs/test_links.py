"""No link leads nowhere, and every page can be found from the index."""

from pathlib import Path

import pytest

from aim import places
from tests.docs.pages import Document, documents

PICTURE_LIMIT = 250_000
DOCUMENTS = documents()


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_lead_to_files_and_headings(document: Document) -> None:
    for target in document.links():
        name, _, anchor = target.partition("#")
        path = (document.path.parent / name).resolve() if name else document.path
        assert path.exists(), target
        assert path.is_relative_to(places.BASE), target
        if anchor:
            assert anchor in Document(path).anchors(), target


def test_every_page_is_reached_from_the_index() -> None:
    reached = {(places.BASE / "docs" / "README.md").resolve()}
    while new := {path for page in reached for path in _pages_linked_from(Document(page))} - reached:
        reached |= new
    assert [str(document) for document in DOCUMENTS if document.path.resolve() not in reached] == ["README.md"]


def test_decisions_are_listed_with_their_titles() -> None:
    folder = places.BASE / "docs" / "adr"
    listed = {line for line in (folder / "README.md").read_text().splitlines() if line.startswith("| [")}
    titles = ((path, path.read_text().splitlines()[0].removeprefix("# ")) for path in folder.glob("0*.md"))
    expected = {f"| [{title[:4]}]({path.name}) | {title[5:]} |" for path, title in titles}
    assert listed == expected


def test_pictures_are_small() -> None:
    pictures = list((places.BASE / "docs" / "images").glob("*"))
    assert pictures
    assert all(picture.stat().st_size < PICTURE_LIMIT for picture in pictures)


def _pages_linked_from(document: Document) -> set[Path]:
    targets = (document.path.parent / target.partition("#")[0] for target in document.links())
    return {path.resolve() for path in targets if path.suffix == ".md"}

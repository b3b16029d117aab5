"""Comments: what is kept of one, who may see it, and that taking it back leaves a trace."""

from typing import Any

import pytest

from access import audit
from access.models import AuditRecord
from metering.models import ValueComment
from metering.services.comments import CommentError, add_comment, withdraw_comment
from tests.metering.pages.world import World, build, utc

START, END = utc(2026, 6, 1, 10), utc(2026, 6, 1, 12)


@pytest.fixture
def world(db: None) -> World:
    return build()


def test_a_comment_keeps_who_what_and_when(world: World) -> None:
    comment = add_comment(world.consumption, START, END, "  meter exchanged ", world.anna)
    assert (comment.text, comment.created_by, comment.kind) == ("meter exchanged", world.anna, "")
    assert (comment.starts_at, comment.ends_at) == (START, END)
    written = AuditRecord.objects.get(verb="commented")
    assert (written.username, written.details["text"]) == (world.anna.username, "meter exchanged")
    assert audit.verify() is None


def test_what_a_file_says_is_kept_without_a_person(world: World) -> None:
    comment = add_comment(world.consumption, START, END, "F52", kind="NEM12")
    assert (comment.created_by, comment.kind) == (None, "NEM12")
    assert not AuditRecord.objects.filter(verb="commented").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [({"text": " "}, "Write what"), ({"text": "x" * 2001}, "at most 2000"), ({"end": START}, "later than")],
)
def test_a_comment_says_something_about_some_period(world: World, change: dict[str, Any], words: str) -> None:
    asked: dict[str, Any] = {"series": world.consumption, "start": START, "end": END, "text": "note"} | change
    with pytest.raises(CommentError, match=words):
        add_comment(**asked)
    assert not ValueComment.objects.exists()


def test_withdrawing_keeps_the_comment_and_who_took_it_back(world: World) -> None:
    comment = add_comment(world.consumption, START, END, "wrong", world.anna)
    for user in (world.pekka, world.anna):
        withdraw_comment(comment, user=user)
    comment.refresh_from_db()
    assert comment.withdrawn_by == world.pekka and comment.withdrawn_at is not None
    assert not ValueComment.objects.standing().exists()
    assert AuditRecord.objects.filter(verb="comment withdrawn").count() == 1


def test_comments_are_seen_through_the_one_door(world: World) -> None:
    here = add_comment(world.consumption, START, END, "north")
    there = add_comment(world.foreign, START, END, "south")
    assert set(ValueComment.objects.visible_to(world.anna)) == {here, there}
    assert list(ValueComment.objects.visible_to(world.pekka)) == [here]
    assert not ValueComment.objects.visible_to(world.stranger).exists()
    assert not ValueComment.objects.visible_to(world.roleless).exists()


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [((9, 0), (10, 0), False), ((9, 0), (10, 1), True), ((11, 59), (12, 0), True), ((12, 0), (13, 0), False)],
)
def test_a_comment_belongs_to_every_period_it_touches(
    world: World, start: tuple[int, int], end: tuple[int, int], found: bool
) -> None:
    add_comment(world.consumption, START, END, "note")
    touching = ValueComment.objects.touching(utc(2026, 6, 1, *start), utc(2026, 6, 1, *end))
    assert touching.exists() is found

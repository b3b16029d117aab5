"""URLs of the servers, as Django and Celery read them."""

import pytest

from aim import database


def test_a_full_url_with_escapes_and_options() -> None:
    entry = database.from_url("postgresql://me%40x:p%2Fw@Db.Example:6000/my%20base?sslmode=require", 0)
    assert (entry["USER"], entry["PASSWORD"], entry["NAME"]) == ("me@x", "p/w", "my base")
    assert (entry["HOST"], entry["PORT"]) == ("Db.Example", "6000")
    assert entry["OPTIONS"]["sslmode"] == "require"


def test_the_folder_of_a_socket_keeps_its_case() -> None:
    entry = database.from_url("postgresql://openaim@%2Fhome%2FMe%2Fvar%2Frun/openaim", 0)
    assert (entry["HOST"], entry["PORT"], entry["PASSWORD"]) == ("/home/Me/var/run", "5432", "")


def test_an_ipv6_address() -> None:
    assert database.from_url("postgresql://u@[::1]:5433/n", 0)["HOST"] == "::1"


def test_pool_and_persistent_connections_exclude_each_other() -> None:
    pooled = database.from_url("postgresql://u@h/n", 8)
    single = database.from_url("postgresql://u@h/n", 0)
    assert (pooled["CONN_MAX_AGE"], pooled["OPTIONS"]["pool"]["max_size"]) == (0, 8)
    assert single["CONN_MAX_AGE"] is None
    assert "pool" not in single["OPTIONS"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("redis://host:6379/2", "redis://host:6379/2"),
        ("unix:///var/run/valkey.sock", "redis+socket:///var/run/valkey.sock?virtual_host=0"),
        ("unix:///a/valkey.sock?db=7", "redis+socket:///a/valkey.sock?virtual_host=7"),
    ],
)
def test_the_broker_is_the_same_server(given: str, expected: str) -> None:
    assert database.broker_url(given) == expected

"""The embedded servers, driven by their command line in a folder of their own."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from aim import places
from aim.embedded import machine, process


class Clone:
    """A run-time folder with servers of its own."""

    def __init__(self, var: Path) -> None:
        self.var = var
        given = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        self.environment = {**given, "OPENAIM_VAR": str(var)}

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, *command]
        return subprocess.run(words, cwd=places.BASE, env=self.environment, capture_output=True, text=True, timeout=60)

    def do(self, verb: str) -> str:
        ended = self.run("-m", "aim.embedded", verb)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout

    def database(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.do("url").splitlines()[0], autocommit=True)

    def postmaster(self) -> int:
        return int((self.var / "postgres" / "postmaster.pid").read_text().splitlines()[0])


@pytest.fixture
def clone() -> Iterator[Clone]:
    """A folder every user may enter, as a clone usually is; its servers end with the test."""
    folder = Path(tempfile.mkdtemp(prefix="openaim-test-"))
    folder.chmod(0o755)
    clone = Clone(folder / "var")
    yield clone
    clone.do("stop")
    shutil.rmtree(folder)


def test_a_second_starter_attaches(clone: Clone) -> None:
    assert clone.do("start") == "PostgreSQL: running\nValkey: running\n"
    first = clone.postmaster()
    clone.do("start")
    assert clone.postmaster() == first
    assert clone.do("stop") == "PostgreSQL: stopped\nValkey: stopped\n"
    assert clone.run("-m", "aim.embedded", "status").returncode == 1


def test_both_servers_do_their_work_on_sockets_only(clone: Clone) -> None:
    clone.do("start")
    with clone.database() as connection:
        connection.execute("CREATE EXTENSION btree_gist; CREATE EXTENSION pg_trgm")
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW jit").fetchone() == ("off",)
    with redis.Redis.from_url(clone.do("url").splitlines()[1]) as broker:
        assert broker.ping()
        assert broker.config_get("port") == {"port": "0"}


def test_committed_data_outlive_a_killed_server_and_its_stale_pid_file(clone: Clone) -> None:
    clone.do("start")
    with clone.database() as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS value")
    os.kill(clone.postmaster(), signal.SIGKILL)
    pid_file = clone.var / "postgres" / "postmaster.pid"
    # The number now belongs to a living stranger: what a restarted container finds.
    pid_file.write_text("\n".join([str(os.getpid()), *pid_file.read_text().splitlines()[1:]]) + "\n")
    clone.do("start")
    with clone.database() as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == (42,)


def test_a_half_made_cluster_is_made_anew(clone: Clone) -> None:
    clone.do("start")
    clone.do("stop")
    cluster = clone.var / "postgres"
    cluster.rename(clone.var / "postgres.draft")
    (clone.var / "postgres.draft" / "PG_VERSION").unlink()
    clone.do("start")
    assert (cluster / "PG_VERSION").exists()
    assert not (clone.var / "postgres.draft").exists()


def test_a_deep_folder_gets_a_short_socket(clone: Clone) -> None:
    clone.environment["OPENAIM_VAR"] = str(clone.var / ("deep" * 20) / ("er" * 20))
    clone.do("start")
    url = clone.do("url").splitlines()[1]
    assert len(url.removeprefix("unix://")) < 108
    clone.do("stop")


def test_the_last_holder_stops_the_servers(clone: Clone) -> None:
    nested = """
from aim import embedded
with embedded.hold():
    with embedded.hold():
        pass
    print(*embedded.status().values())
print(*embedded.status().values())
"""
    assert clone.run("-c", nested).stdout == "running running\nstopped stopped\n"


def test_a_killed_holder_counts_as_gone(clone: Clone) -> None:
    killed = "import os, signal; from aim import embedded; embedded.hold(); os.kill(os.getpid(), signal.SIGKILL)"
    assert clone.run("-c", killed).returncode == -signal.SIGKILL
    after = "from aim import embedded; embedded.hold().release(); print(*embedded.status().values())"
    assert clone.run("-c", after).stdout == "stopped stopped\n"


def test_a_cluster_of_another_version_is_refused_in_one_line(clone: Clone) -> None:
    clone.do("start")
    clone.do("stop")
    (clone.var / "postgres" / "PG_VERSION").write_text("9\n")
    ended = clone.run("-m", "aim.embedded", "start")
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "was made by PostgreSQL 9, installed is" in ended.stderr


def test_given_servers_are_left_alone(clone: Clone) -> None:
    clone.environment |= {"DATABASE_URL": "postgresql://u@db/n", "REDIS_URL": "redis://broker"}
    assert clone.do("start") == "PostgreSQL: given\nValkey: given\n"
    assert not (clone.var / "postgres").exists()


@pytest.mark.parametrize(("memory", "shared"), [(512, "64MB"), (4096, "512MB"), (24_000, "2048MB")])
def test_memory_settings_follow_the_machine(memory: int, shared: str) -> None:
    assert machine.server_settings(memory)["shared_buffers"] == shared


def test_a_process_is_known_by_its_folder(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "30"], cwd=tmp_path) as child:
        try:
            assert process.works_in(child.pid, tmp_path)
            assert process.working_in(tmp_path, "sleep")
            assert not process.working_in(tmp_path, "postgres")
            assert not process.works_in(psutil.Process().pid, tmp_path)
        finally:
            child.kill()

"""PostgreSQL from the wheel: created once, started on a unix socket, found again, stopped."""

import shutil
import signal
from pathlib import Path

import psycopg

from aim.embedded import machine, process
from aim.embedded.home import EmbeddedError, Home

USER = "openaim"
DATABASE = "openaim"
START_S = 60.0
STOP_S = 30.0
READY = "ready"
SOCKET = ".s.PGSQL.5432"


def data(home: Home) -> Path:
    """Folder of the database cluster."""
    return home.root / "postgres"


def running(home: Home) -> bool:
    """True if the server of this home is up and takes connections."""
    pid, state = _pid_file(home)
    return state == READY and process.works_in(pid, data(home))


def start(home: Home) -> None:
    """Create the cluster if there is none, start the server and wait until it answers."""
    if _starting(home):
        return
    _create(home)
    _clear_remains(home)
    log = home.root / "postgres.log"
    configuration = _write_configuration(home)
    command = [
        str(home.postgres / "postgres"), "-D", str(data(home)),
        "-c", f"config_file={configuration}", "-k", str(home.own_folder(home.sockets)),
    ]  # fmt: skip
    began = log.stat().st_size if log.exists() else 0
    server = process.start_detached(home, command, folder=data(home), log=log)
    up = process.until(lambda: running(home) or server.poll() is not None, START_S)
    if not up or server.poll() is not None:
        raise EmbeddedError(f"PostgreSQL did not start: {_reason(log, began)} (log: {log})")
    _create_database(home)


def stop(home: Home) -> None:
    """Stop the server, cutting its connections; committed data are safe."""
    pid, _ = _pid_file(home)
    if not process.works_in(pid, data(home)):
        return
    process.send(pid, signal.SIGINT)
    if not process.until(lambda: not process.works_in(pid, data(home)), STOP_S):
        raise EmbeddedError(f"PostgreSQL (process {pid}) does not stop")


def _starting(home: Home) -> bool:
    """True if a server begun by a killed starter is up now; it may have been recovering."""
    pid, _ = _pid_file(home)
    process.until(lambda: running(home) or not process.works_in(pid, data(home)), START_S)
    return running(home)


def _create(home: Home) -> None:
    """initdb into a draft, then rename: a cluster is complete or absent, whenever the power goes."""
    if data(home).exists():
        _check_version(home)
        return
    draft = home.own_folder(home.root / "postgres.draft")
    shutil.rmtree(draft)
    home.own_folder(draft)
    command = [
        str(home.postgres / "initdb"), "-D", str(draft), "-U", USER, "--auth=trust", "--encoding=UTF8",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions",
    ]  # fmt: skip
    process.run(home, command, folder=draft)
    draft.rename(data(home))


def _check_version(home: Home) -> None:
    made_by = (data(home) / "PG_VERSION").read_text().strip()
    program = (home.postgres.parent / "share" / "postgres.bki").open().readline().split()[-1]
    if made_by != program:
        raise EmbeddedError(
            f"{data(home)} was made by PostgreSQL {made_by}, installed is {program}: "
            "dump and restore it, or remove the folder to begin anew"
        )


def _clear_remains(home: Home) -> None:
    """Remove the pid files of a server that was killed, once the last of its children has gone.

    PostgreSQL itself refuses to start while the number in them is in use, even by a stranger; after a
    restart of a container it usually is. Children left alone end by themselves as soon as they notice.
    """
    if not process.until(lambda: not process.working_in(data(home), "postgres"), STOP_S):
        raise EmbeddedError(f"processes of an earlier PostgreSQL still work in {data(home)}: end them and try again")
    for remains in (data(home) / "postmaster.pid", home.sockets / SOCKET, home.sockets / f"{SOCKET}.lock"):
        remains.unlink(missing_ok=True)


def _write_configuration(home: Home) -> Path:
    path = home.root / "postgresql.conf"
    path.write_text(machine.as_configuration(machine.server_settings(machine.memory_megabytes())))
    path.chmod(0o644)
    return path


def _pid_file(home: Home) -> tuple[int, str]:
    """(process, state) from postmaster.pid: the first line and the eighth; (0, "") where there is none."""
    try:
        lines = (data(home) / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return 0, ""
    return (int(lines[0]), lines[7].strip() if len(lines) > 7 else "") if lines else (0, "")


def _reason(log: Path, began: int) -> str:
    with log.open("rb") as file:
        file.seek(began)
        lines = file.read().decode(errors="replace").splitlines()
    causes = [line for line in lines if "FATAL:" in line or "could not" in line]
    return process.last_line("\n".join(causes or lines))


def _create_database(home: Home) -> None:
    address = f"host='{home.sockets}' user={USER} dbname=postgres connect_timeout=10"
    with psycopg.connect(address, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not found:
            connection.execute(f"CREATE DATABASE {DATABASE}")

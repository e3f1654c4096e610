"""Starts servers, finds them again after a killed run, and stops them.

A process is known by its id and its start time, so an id that the system has given to another program is never
signalled. Linux only: `/proc`, pidfd and setpriv(1), which Debian always has.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zenoo_security.errors import LocalOdooError

if TYPE_CHECKING:
    import pwd
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Process", "as_user", "ends_on_error", "spawn", "tail"]

_STOP_TIMEOUT_S = 20.0
# Fields of /proc/<pid>/stat after the closing parenthesis of the name, proc_pid_stat(5): state is 3, starttime is 22.
_STATE = 0
_START_TIME = 19


@dataclass(frozen=True)
class Process:
    """A process, for as long as it lives.

    Attributes:
        pid: its id.
        started: its start time in clock ticks after the boot.
    """

    pid: int
    started: int

    @classmethod
    def current(cls) -> Process:
        """Return this process."""
        return cls(os.getpid(), _stat(os.getpid())[1])

    def is_alive(self) -> bool:
        """Tell whether it still runs; a zombie does not."""
        try:
            state, started = _stat(self.pid)
        except OSError:
            return False
        return started == self.started and state not in "ZX"

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if it still runs."""
        with self._handle() as handle:
            if handle is not None:
                _send(handle, number)

    def stop(self, number: signal.Signals, timeout_s: float = _STOP_TIMEOUT_S) -> None:
        """Send a signal to it and its workers, and SIGKILL when it has not ended after so many seconds."""
        with self._handle() as handle:
            if handle is not None:
                self._send_group(number)
                if not _ends(handle, timeout_s):
                    self._send_group(signal.SIGKILL)
                    _ends(handle, timeout_s)
        _reap(self.pid)

    def _send_group(self, number: signal.Signals) -> None:
        """Send a signal to the group that it leads since `spawn`; while it lives, the number is no other group's."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    @contextmanager
    def _handle(self) -> Iterator[int | None]:
        """What can only mean this process, or None when it has ended."""
        try:
            handle = os.pidfd_open(self.pid)
        except ProcessLookupError:
            yield None
            return
        try:
            # Asked after the handle was opened: from here on the id is not given to another.
            yield handle if self.is_alive() else None
        finally:
            os.close(handle)


def spawn(
    argv: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str],
    cwd: Path,
    user: pwd.struct_passwd | None = None,
    attached_signal: signal.Signals | None = None,
) -> Process:
    """Start a server in a session of its own.

    Args:
        argv: the program and its arguments.
        log: the file that its output is added to.
        env: its whole environment.
        cwd: its working folder.
        user: the user to run as; only root can choose one.
        attached_signal: what it gets when this process dies, however it dies; only if the main thread starts it.

    Raises:
        LocalOdooError: it could not be started.
    """
    # The change of user comes first: it would clear the signal, PR_SET_PDEATHSIG(2const).
    command = [*as_user(user), *_attached(attached_signal), *map(str, argv)]
    with log.open("ab") as output:
        try:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=env,
                cwd=cwd,
                start_new_session=True,
            )
        except OSError as error:
            raise LocalOdooError(f"{command[0]} could not be started: {error.strerror}") from error
    # Popen would warn about a child that outlives it; ours are stopped by what the run's record says.
    child.returncode = 0
    return Process(child.pid, _stat(child.pid)[1])


def as_user(user: pwd.struct_passwd | None) -> list[str]:
    """Return what to put before a command so that it runs with the rights of a user; nothing for None."""
    if user is None:
        return []
    return ["setpriv", "--reuid", user.pw_name, "--regid", str(user.pw_gid), "--init-groups"]


def _attached(number: signal.Signals | None) -> list[str]:
    """Return what to put before a command; nothing in another thread, whose end the kernel would take for ours."""
    if number is None or threading.current_thread() is not threading.main_thread():
        return []
    return ["setpriv", "--pdeathsig", number.name.removeprefix("SIG")]


@contextmanager
def ends_on_error(process: Process, number: signal.Signals) -> Iterator[None]:
    """Stop a process with a signal if the block raises, Ctrl-C included."""
    try:
        yield
    except BaseException:
        process.stop(number)
        raise


def tail(log: Path, lines: int = 15) -> str:
    """Return the last lines of a log, set off from the message before them."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "".join(f"\n  | {line}" for line in text.splitlines()[-lines:])


def _stat(pid: int) -> tuple[str, int]:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    return fields[_STATE], int(fields[_START_TIME])


def _send(handle: int, number: signal.Signals) -> None:
    try:
        signal.pidfd_send_signal(handle, number)
    except ProcessLookupError:
        return


def _ends(handle: int, timeout_s: float) -> bool:
    poll = select.poll()  # `select.select` takes no descriptor over 1023.
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(timeout_s * 1000))


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return

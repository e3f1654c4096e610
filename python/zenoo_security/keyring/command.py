"""A key ring that a program prints: the way to a secret manager that this package does not know."""

from __future__ import annotations

import contextlib
import io
import os
import selectors
import signal
import subprocess
from typing import TYPE_CHECKING, Final

from zenoo_security.clock import SYSTEM_CLOCK
from zenoo_security.errors import KeyRingError, ParameterError
from zenoo_security.keyring.file import MAX_FILE_BYTES, named
from zenoo_security.keyring.kek import open_ring

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zenoo_security._native import KeyRing
    from zenoo_security.keyring.kek import KeyEncryptionKey

__all__ = ["CommandProvider"]

_MAX_TIMEOUT_S: Final = 600.0
_CHUNK_BYTES: Final = 65_536


class CommandProvider:
    """Runs a program that prints a key ring: the JSON document, or the wrapped one.

    There is no shell. The program has no input and the environment of this process; what it writes to its standard
    error goes nowhere, as it may hold secrets. It must end with exit code 0, and everything that has its output open
    with it. When it does not, it is killed with all that it started (its process group).

    Args:
        argv: the program and its arguments.
        timeout_s: seconds that it may take, up to 600.
        kek: the key-encryption key of a ring that is wrapped; then one in the clear is refused.

    Raises:
        ParameterError: `argv` is not a list of texts that begins with a program, or the time is out of range.
    """

    def __init__(self, argv: Sequence[str], *, timeout_s: float = 10.0, kek: KeyEncryptionKey | None = None) -> None:
        self._argv = _checked(argv)
        if not 0 < timeout_s <= _MAX_TIMEOUT_S:
            raise ParameterError("timeout_s must be more than 0 and at most 600 seconds")
        self._timeout_s = timeout_s
        self._kek = kek

    def load(self) -> KeyRing:
        """Run the program.

        Raises:
            KeyRingError: it cannot be started, takes too long, fails, prints nothing or more than 1 MiB, or what it
                prints is no key ring. The message has the name of the program and its exit code, and nothing that the
                program wrote.
        """
        with named(f"the command {self._argv[0]!r}"):
            return open_ring(self._run, self._kek)

    def _run(self) -> bytes:
        deadline = SYSTEM_CLOCK.monotonic() + self._timeout_s
        with _started(self._argv) as process:
            output = self._output(process, deadline)
            code = self._exit_code(process, deadline)
        if code:
            how = f"signal {-code} ended it" if code < 0 else f"it ended with exit code {code}"
            raise KeyRingError(f"{how}; run it by hand to see why")
        if not output.tell():
            raise KeyRingError("it printed nothing")
        return output.getvalue()

    def _output(self, process: subprocess.Popen[bytes], deadline: float) -> io.BytesIO:
        """What the program prints until nobody has the pipe open. A `BytesIO`, as its `repr` shows nothing of it."""
        output = io.BytesIO()
        assert process.stdout is not None  # Asked for with PIPE.
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while selector.select(max(0.0, deadline - SYSTEM_CLOCK.monotonic())):
                if not output.write(os.read(process.stdout.fileno(), _CHUNK_BYTES)):
                    return output
                if output.tell() > MAX_FILE_BYTES:
                    raise KeyRingError("it printed more than 1 MiB")
        raise self._too_slow()

    def _exit_code(self, process: subprocess.Popen[bytes], deadline: float) -> int:
        try:
            return process.wait(max(0.0, deadline - SYSTEM_CLOCK.monotonic()))
        except subprocess.TimeoutExpired:
            raise self._too_slow() from None

    def _too_slow(self) -> KeyRingError:
        return KeyRingError(f"it, or what it started, did not end within {self._timeout_s:g} s and was killed")


def _checked(argv: Sequence[str]) -> tuple[str, ...]:
    arguments: tuple[object, ...] = () if isinstance(argv, str) else tuple(argv)
    texts = tuple(each for each in arguments if isinstance(each, str) and "\0" not in each)
    if len(texts) < len(arguments) or not texts or not texts[0]:
        raise ParameterError("argv is a list of a program and its arguments, such as ['vault', 'read', ...]")
    return texts


@contextlib.contextmanager
def _started(argv: tuple[str, ...]) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program in a process group of its own, which is killed when the block raises."""
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "this is not a command"
        raise KeyRingError(f"cannot be started: {reason}") from None
    with process:
        try:
            yield process
        except BaseException:
            # Nobody has waited for it yet, so its id, and that of its group, is still its own.
            os.killpg(process.pid, signal.SIGKILL)
            raise

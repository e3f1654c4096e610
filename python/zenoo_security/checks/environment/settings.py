"""What the variables say: understood, and safe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from zenoo_security import keyring
from zenoo_security.checks.check import CannotTell, NotApplicable, Problem, Severity
from zenoo_security.checks.environment.base import EnvironmentCheck
from zenoo_security.environment import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zenoo_security.checks.environment.snapshot import Surroundings
    from zenoo_security.config import SecurityConfig

__all__ = ["Parameters", "Understood", "require_config", "require_url"]

_OTHERS: Final = frozenset(
    {
        *(keyring.VARIABLE, keyring.FILE_VARIABLE, keyring.COMMAND_VARIABLE, keyring.SALT_VARIABLE),
        *(keyring.PASSPHRASE_VARIABLE, f"{keyring.PASSPHRASE_VARIABLE}_FILE"),
        *(keyring.KEK_VARIABLE, f"{keyring.KEK_VARIABLE}_FILE"),
        *(f"{PREFIX}AUDIT_FILE", f"{PREFIX}CACHE"),
    }
)
_IDLE_S: Final = 1800
_ABSOLUTE_S: Final = 43_200
_ATTEMPTS: Final = 10
_LOCKED_S: Final = 60


class Understood(EnvironmentCheck):
    id = "ENV-05"
    title = "Every setting is understood"
    severity = Severity.MEDIUM
    rationale = "A variable with a mistake in its name protects nothing, and nobody is told."
    fix = "Write the name and the value as docs/guide/config.md has them"
    asvs = ("v5.0.0-16.5.3",)

    def find(self, snapshot: Surroundings, /) -> Iterator[Problem]:
        if snapshot.config_error:
            yield Problem(snapshot.config_error, "settings")
        for told in snapshot.deprecated:
            yield Problem(told, told.split()[2], warning=True)
        given = sorted(name for name in snapshot.environ if name.startswith(PREFIX))
        known = _known() if given else frozenset()
        for name in given:
            if name not in known:
                yield _unknown(name, known)


class Parameters(EnvironmentCheck):
    id = "ENV-13"
    title = "Sessions end, guessing is slowed down, and answers go over HTTPS"
    severity = Severity.HIGH
    rationale = "A session that lives on is there for whoever finds it; many attempts let a common password be guessed."
    fix = "Set MFA_REQUIRED=yes, and leave timeouts, MAX_FAILED_ATTEMPTS, LOCKOUT_DURATION and FORCE_HTTPS alone"
    asvs = ("v5.0.0-7.3.1", "v5.0.0-7.3.2", "v5.0.0-6.3.1")

    def find(self, snapshot: Surroundings, /) -> Iterator[Problem]:
        config = require_config(snapshot)
        if config.session_idle_timeout > _IDLE_S:
            yield _setting("SESSION_IDLE_TIMEOUT", f"{config.session_idle_timeout} s, over half an hour")
        if config.session_timeout > _ABSOLUTE_S:
            yield _setting("SESSION_TIMEOUT", f"{config.session_timeout} s, over twelve hours")
        if config.max_failed_attempts > _ATTEMPTS:
            yield _setting("MAX_FAILED_ATTEMPTS", f"{config.max_failed_attempts}, over {_ATTEMPTS}")
        if config.lockout_duration < _LOCKED_S:
            yield _setting("LOCKOUT_DURATION", f"{config.lockout_duration} s, under a minute")
        if not config.force_https:
            yield _setting("FORCE_HTTPS", "off")
        if not config.mfa_required:
            name = f"{PREFIX}MFA_REQUIRED"
            yield Problem(f"{name} is off: a password alone opens an account", name, warning=True)


def require_config(snapshot: Surroundings) -> SecurityConfig:
    """The settings.

    Raises:
        CannotTell: one of them is wrong, so an application does not start with them.
    """
    if snapshot.config is None:
        raise CannotTell("a setting is wrong: see ENV-05")
    return snapshot.config


def require_url(snapshot: Surroundings) -> str:
    """The address of Odoo.

    Raises:
        NotApplicable: none is set.
        CannotTell: a setting is wrong.
    """
    url = require_config(snapshot).odoo_url
    if not url:
        raise NotApplicable(f"{PREFIX}ODOO_URL is not set")
    return url


def _setting(name: str, text: str) -> Problem:
    return Problem(f"{PREFIX}{name} is {text}", f"{PREFIX}{name}")


def _known() -> frozenset[str]:
    from zenoo_security.addon.settings import AddonSettings  # noqa: PLC0415 - pydantic
    from zenoo_security.config import SecurityConfig  # noqa: PLC0415 - pydantic

    fields = (PREFIX + name.upper() for name in (*SecurityConfig.model_fields, *AddonSettings.model_fields))
    secrets = ("ENCRYPTION_KEY_FILE", "ENCRYPTION_SALT_FILE", "ODOO_PASSWORD_FILE", "STORE_URL_FILE")
    return _OTHERS.union(fields, (PREFIX + name for name in secrets))


def _unknown(name: str, known: frozenset[str]) -> Problem:
    from difflib import get_close_matches  # noqa: PLC0415 - only for who has a mistake

    near = get_close_matches(name[:100], known, 1)
    return Problem(f"{name[:100]} is no setting" + (f": is {near[0]} meant?" if near else ""), name[:100])

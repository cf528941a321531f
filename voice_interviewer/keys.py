"""Keys for servers: in the system's keyring where there is one, else in a file only you can read.

`keys.toml` beside the user's settings has a table for every key, called like the setting and the
server it is for, that says where it is kept: in the keyring, or in that file itself (mode 0600).
Without that file no keyring is asked. A key is given out for its own server, and for no other.
That holds for keys from elsewhere too: one belongs to the server named in the same place.
"""

from __future__ import annotations

import logging
import os
import threading
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from voice_interviewer.addresses import same_server, shown_server, unread_on_the_way
from voice_interviewer.errors import ConfigError, StorageError

log = logging.getLogger(__name__)

SECRETS = {"judge.api_key": "judge.base_url", "hearing.api_key": "hearing.base_url"}
"""Every setting that is a key, and the setting that names its server."""

KEYRING = "the system's keyring"

Layer = Mapping[str, tuple[Any, str]]
"""What one place says: dotted key to value and source, a file's path for example."""

_SERVICE = "voice-interviewer"
_KEYRING_LIMIT_S = 5.0


@dataclass(frozen=True)
class KeptKey:
    """A key, and the place where it is kept, in words."""

    secret: str = field(repr=False)
    place: str


class KeyStore:
    """The kept keys.

    Args:
        settings_file: the user's settings; `keys.toml` lies beside it.
    """

    def __init__(self, settings_file: Path) -> None:
        self.file = settings_file.with_name("keys.toml")

    def fitting(self, settings: Mapping[str, Any]) -> dict[str, KeptKey]:
        """The keys for the servers that these settings (dotted key to value) name.

        Left out are those that the settings have a value for. A keyring that does not answer
        within 5 s has none; that is logged, never the key.
        """
        found: dict[str, KeptKey] = {}
        try:
            entries = self._read()
        except StorageError as error:
            log.warning("%s", error.message)
            return found
        for key, names_server in SECRETS.items():
            account = _found(entries, key, settings.get(names_server))
            if settings.get(key) is None and account is not None:
                kept = self._kept(account, entries[account])
                if kept is not None:
                    found[key] = kept
        return found

    def keeps(self, key: str, place: str) -> bool:
        """Whether a value that came from this place is a kept key."""
        return key in SECRETS and place in (KEYRING, str(self.file))

    def keep(self, key: str, secret: str, server: str | None) -> str:
        """Keep a key for a server (None: the vendor's own); returns where, in words.

        Raises StorageError, also where the file is broken: what it holds is not written over.
        """
        entries = self._read()
        account = _found(entries, key, server) or _account(key, server)
        if _with_keyring(lambda keyring: _put(keyring, account, secret)) == (True,):
            self._write({**entries, account: {"keyring": True}})
            return KEYRING
        self._write({**entries, account: {"key": secret}})
        return str(self.file)

    def forget(self, key: str) -> bool:
        """Forget a key for all servers; False where there was none. Raises StorageError."""
        entries = self._read()
        gone = [account for account in entries if account.split()[0] == key]
        for account in gone:
            if entries.pop(account).get("keyring"):
                _with_keyring(partial(_drop, account=account))
        if gone:
            self._write(entries)
        return bool(gone)

    def _kept(self, account: str, entry: Mapping[str, Any]) -> KeptKey | None:
        if not entry.get("keyring"):
            secret = entry.get("key")
            return KeptKey(secret, str(self.file)) if isinstance(secret, str) and secret else None
        answer = _with_keyring(lambda keyring: keyring.get_password(_SERVICE, account))
        if answer is None or not answer[0]:
            log.warning("the system's keyring did not give out %s", account)
            return None
        return KeptKey(str(answer[0]), KEYRING)

    def _read(self) -> dict[str, dict[str, Any]]:
        """The tables by their names. Raises StorageError, which quotes nothing of the file."""
        try:
            read = tomllib.loads(self.file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            raise StorageError(
                f"{self.file} cannot be read.", "Mend it, or move it away and give the keys again."
            ) from None
        return {
            account: entry
            for account, entry in read.items()
            if isinstance(entry, dict) and account.split()[:1] and account.split()[0] in SECRETS
        }

    def _write(self, entries: Mapping[str, Mapping[str, Any]]) -> None:
        import tomlkit

        document = tomlkit.document()
        document.add(tomlkit.comment("Keys for servers. Keep this file to yourself."))
        document.update(entries)
        unfinished = self.file.with_suffix(".new")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            unfinished.unlink(missing_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with os.fdopen(os.open(unfinished, flags, 0o600), "w", encoding="utf-8") as out:
                out.write(tomlkit.dumps(document))
                out.flush()
                os.fsync(out.fileno())
            unfinished.replace(self.file)
        except OSError as error:
            raise StorageError(
                f"The key cannot be kept in {self.file} ({error.strerror}).",
                "Check the rights of that folder, or give the key as an environment variable.",
            ) from error


def fitting_key(
    key: str, layers: Sequence[Layer], server: object
) -> tuple[tuple[Any, str] | None, str]:
    """The key that was given for this server, and why another one is not used.

    A key is for the server named in its own layer, and for the vendor's where none is named.

    Args:
        key: a setting of SECRETS.
        layers: the weakest first.
        server: the base URL in force; None for the vendor's own.

    Returns:
        The value and source from the strongest layer whose key fits, or None; and a sentence about
        the strongest that does not, empty where there is none.
    """
    why = ""
    for layer in reversed(layers):
        if key not in layer:
            continue
        named = layer[SECRETS[key]][0] if SECRETS[key] in layer else ""
        if same_server(str(named), str(server or "")):
            return layer[key], why
        here = shown_server(str(server or ""))
        meant = f"it is for {shown_server(str(named))}" if named else "no server is named beside it"
        why = why or (
            f"{key} from {layer[key][1]} is not sent to {here}: {meant}. Set {SECRETS[key]} in the "
            f"same place, or keep a key for {here}: voice-interviewer config set {key} -"
        )
    return None, why


def check_server(address: str | None) -> None:
    """Raise ConfigError where a key for this server is not taken: it would cross the network."""
    if address and not address.lower().startswith(("http://", "https://")):
        raise ConfigError(f"{address} is not an address.", "Write it like https://example.org/v1.")
    if not unread_on_the_way(address):
        raise ConfigError(
            f"The key is not kept: others could read it on its way to {shown_server(address)}.",
            "Use an https address, or a tunnel to this machine.",
        )


def _account(key: str, server: object) -> str:
    """The name a key has in the file and in the keyring: one for every server."""
    return f"{key} {server or ''}".strip()


def _found(entries: Mapping[str, Any], key: str, server: object) -> str | None:
    """The name under which a key for this server is kept; None where there is none."""
    for account in entries:
        name, _, named = account.partition(" ")
        if name == key and same_server(named, str(server or "")):
            return account
    return None


def _put(keyring: Any, account: str, secret: str) -> bool:
    """Put a key into the keyring; True where it can be read back."""
    keyring.set_password(_SERVICE, account, secret)
    return bool(keyring.get_password(_SERVICE, account) == secret)


def _drop(keyring: Any, account: str) -> None:
    keyring.delete_password(_SERVICE, account)


def _with_keyring(ask: Callable[[Any], object]) -> tuple[object] | None:
    """What the keyring answers, in a tuple; None where there is none, or none that answers.

    In a thread, because a locked keyring may ask its owner first and wait for ever.
    """
    answers: list[object] = []

    def run() -> None:
        try:
            import keyring

            if keyring.get_keyring().priority >= 1:
                answers.append(ask(keyring))
        except Exception as error:  # noqa: BLE001  (backends raise whatever their system raises)
            log.info("no keyring: %s", type(error).__name__)

    asking = threading.Thread(target=run, name="keyring", daemon=True)
    asking.start()
    asking.join(_KEYRING_LIMIT_S)
    return (answers[0],) if answers else None

"""The search for a password store, and its limits."""

import os
import time
from pathlib import Path

import keyring
import pytest
from keyring.backends import chainer, fail, null
from keyring.errors import PasswordSetError

from app.settings import secrets
from app.settings.errors import KeyringUnavailable
from app.settings.secrets import ALLOWED, OsKeyring, Reason, find_store
from tests.unit.settings.stores import ForgetfulBackend, LockedBackend, MemoryBackend, SilentBackend


def probe(*backends, limit_s: float = 3.0):
    return find_store({}, os.urandom, limit_s=limit_s, candidates=lambda: list(backends))


def test_a_store_that_keeps_the_canary_is_taken_and_left_clean():
    backend = MemoryBackend()
    found = probe(backend)
    assert found.reason is Reason.OK
    assert found.store is not None
    assert backend.kept == {}
    found.store.put("a", "b")
    assert found.store.get("a") == "b"
    found.store.delete("a")
    found.store.delete("a")
    assert found.store.get("a") is None


def test_the_switch_says_there_is_none():
    for value in ("1", "true", "yes"):
        found = find_store({"YANFANG_NO_KEYRING": value}, os.urandom, candidates=lambda: [MemoryBackend()])
        assert (found.store, found.reason) == (None, Reason.SWITCHED_OFF)
    found = find_store({"YANFANG_NO_KEYRING": "0"}, os.urandom, candidates=lambda: [MemoryBackend()])
    assert found.reason is Reason.OK


@pytest.mark.parametrize("bad", [LockedBackend, ForgetfulBackend, null.Keyring, fail.Keyring])
def test_a_store_that_does_not_keep_is_passed_over(bad):
    assert probe(bad()).reason is Reason.CANARY_FAILED
    assert probe(bad(), MemoryBackend()).reason is Reason.OK


def test_a_silent_store_is_given_up_in_time():
    began = time.monotonic()
    found = probe(SilentBackend(), limit_s=0.2)
    assert (found.store, found.reason) == (None, Reason.TIMEOUT)
    assert time.monotonic() - began < 2


def test_only_the_stores_of_the_system_are_allowed():
    assert {module for module, _ in ALLOWED} == {
        "keyring.backends.Windows",
        "keyring.backends.macOS",
        "keyring.backends.SecretService",
        "keyring.backends.kwallet",
    }
    for backend in secrets._allowed_backends():
        assert not isinstance(backend, fail.Keyring | null.Keyring | chainer.ChainerBackend)


def test_a_users_configuration_cannot_redirect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """With keyring's own choice set to another store, that one is never asked."""
    redirected = MemoryBackend()
    former = keyring.core._keyring_backend
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    keyring.set_keyring(redirected)
    try:
        found = find_store({}, os.urandom)
        assert found.backend in (None, *(module for module, _ in ALLOWED))
        assert redirected.kept == {}
    finally:
        keyring.core._keyring_backend = former


def test_a_call_that_fails_later_is_typed():
    with pytest.raises(KeyringUnavailable) as caught:
        OsKeyring(LockedBackend()).put("a", "b")
    assert caught.value.params == {"reason": "failed"}
    with pytest.raises(KeyringUnavailable) as caught:
        OsKeyring(ForgetfulBackend()).put("a", "b")
    assert caught.value.params == {"reason": "failed"}
    with pytest.raises(KeyringUnavailable) as caught:
        OsKeyring(SilentBackend(), limit_s=0.1).put("a", "b")
    assert caught.value.params == {"reason": "timeout"}
    assert caught.value.retryable


def test_what_does_not_fit_into_the_windows_store_is_refused():
    with pytest.raises(KeyringUnavailable):
        OsKeyring(MemoryBackend()).put("a", "x" * 1281)


def test_a_store_that_refuses_to_delete_the_canary_is_not_trusted():
    class Sticky(MemoryBackend):
        def delete_password(self, service: str, username: str) -> None:
            raise PasswordSetError

    assert probe(Sticky()).reason is Reason.CANARY_FAILED

"""What every test shares."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# A test's outcome does not hang on how busy the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

CREDENTIAL_VARIABLES = ("ALIBABA_CLOUD_", "ALIBABACLOUD_", "ECS_DR_")


@pytest.fixture(autouse=True)
def _no_settings_or_credentials_of_the_developer(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    for name in list(os.environ):
        if name.startswith(CREDENTIAL_VARIABLES):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))

from __future__ import annotations

from tests.data.consent.office import LOGGED, Office


def test_a_signed_form_enables_the_features(ready: Office) -> None:
    assert not ready.consent.enabled("acme")
    ready.sign(*LOGGED)
    assert ready.consent.enabled("acme")

"""An account's key replaced by a new one, for whoever holds it as a file. It knows no form and no purpose."""

from __future__ import annotations

from assent.data.consent.consent import Consent
from assent.data.ledger import Event, Signer
from assent.errors import ConsentError


def rotate_key(consent: Consent, account: str, key: Signer) -> Event:
    """A new key in the place of `key`, which signs the hand-over. One that was cut off is taken up where it stopped."""
    if not key.hand_over(consent.key_id(account)):
        raise ConsentError(
            f"that is not the present key of {account}; name the file that holds it", reason="replaced_key"
        )
    successor = key.successor()
    request = consent.key_request(account, successor.public_key)
    event = consent.replace_key(request, key.sign(request))
    key.hand_over(successor.key_id)
    return event

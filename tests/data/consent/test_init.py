from __future__ import annotations

import assent.data.consent as room


def test_the_room_names_what_it_offers() -> None:
    """Constants first, then classes, then functions, each in order."""
    kinds = [(not name.isupper(), name.islower(), name) for name in room.__all__]
    assert kinds == sorted(kinds)
    assert all(hasattr(room, name) for name in room.__all__)

from __future__ import annotations

import assent.data.consent as room


def test_the_room_names_what_it_offers() -> None:
    assert room.__all__ == sorted(room.__all__)
    assert all(hasattr(room, name) for name in room.__all__)

"""The cipher of a piece: it opens with the keys of all its contributors and with nothing less."""

from __future__ import annotations

import hmac
import os

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from assent.data.keystore import open_, seal
from assent.errors import StoreError

keys = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=6, unique=True)
pieces = st.text(min_size=1, max_size=40)


@given(keys=keys, piece=pieces, text=st.binary(max_size=500), order=st.randoms(use_true_random=False))
def test_all_contributors_keys_open_it_in_any_order(keys, piece, text, order):
    shuffled = order.sample(keys, len(keys))
    assert open_(shuffled, piece, seal(keys, piece, text)) == text


@given(keys=keys, text=st.binary(max_size=50), data=st.data())
def test_without_one_contributors_key_it_does_not_open(keys, text, data):
    """W3: joint text goes with the key of any one of its contributors."""
    sealed = seal(keys, "piece", text)
    missing = data.draw(st.integers(0, len(keys) - 1))
    with pytest.raises(StoreError):
        open_(keys[:missing] + keys[missing + 1 :], "piece", sealed)


@given(keys=keys, text=st.binary(max_size=50), data=st.data())
def test_with_one_bit_of_one_key_changed_it_does_not_open(keys, text, data):
    changed = data.draw(st.integers(0, len(keys) - 1))
    bit = data.draw(st.integers(0, 255))
    other = (int.from_bytes(keys[changed], "big") ^ (1 << bit)).to_bytes(32, "big")
    with pytest.raises(StoreError):
        open_([*keys[:changed], other, *keys[changed + 1 :]], "piece", seal(keys, "piece", text))


@given(keys=keys, extra=st.binary(min_size=32, max_size=32))
def test_with_a_key_too_many_it_does_not_open(keys, extra):
    with pytest.raises(StoreError):
        open_([*keys, extra], "piece", seal(keys, "piece", b"text"))


@given(keys=keys, one=pieces, other=pieces)
def test_put_in_the_place_of_another_piece_it_does_not_open(keys, one, other):
    if one == other:
        return
    with pytest.raises(StoreError):
        open_(keys, other, seal(keys, one, b"text"))


@given(data=st.data())
def test_with_any_bit_flipped_it_does_not_open(data):
    key = os.urandom(32)
    sealed = bytearray(seal([key], "piece", b"some words"))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(StoreError):
        open_([key], "piece", bytes(sealed))


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_cut_short_it_does_not_open(length):
    key = os.urandom(32)
    with pytest.raises(StoreError):
        open_([key], "piece", seal([key], "piece", b"some words")[:length])


@pytest.mark.parametrize("wrong", [[], [b""], [b"short"], [bytes(32), bytes(31)]])
def test_no_keys_or_keys_of_another_length_are_refused(wrong):
    with pytest.raises(StoreError, match="every contributor"):
        seal(wrong, "piece", b"text")


def test_the_format_is_the_one_that_is_written_down():
    """Key and associated data are both bound to the piece: opened here by hand, from RFC 5869 and AES-GCM alone."""
    keys = [os.urandom(32) for _ in range(3)]
    sealed = seal(keys, "piece-7", b"some words")
    material = b"".join(b"\x00\x00\x00\x20" + key for key in sorted(keys))
    extracted = hmac.digest(bytes(32), material, "sha256")
    key = hmac.digest(extracted, b"assent piece 1\x00piece-7\x01", "sha256")
    assert AESGCM(key).decrypt(sealed[:12], sealed[12:], b"piece-7") == b"some words"


def test_the_same_text_is_never_sealed_to_the_same_bytes():
    key = os.urandom(32)
    assert len({seal([key], "piece", b"text") for _ in range(100)}) == 100


def test_the_error_holds_no_key_and_no_text():
    key = os.urandom(32)
    with pytest.raises(StoreError) as caught:
        open_([key], "piece-7", seal([os.urandom(32)], "piece-7", b"some words"))
    assert "piece-7" in str(caught.value)
    assert key.hex() not in str(caught.value)
    assert caught.value.__cause__ is None

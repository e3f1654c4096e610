"""Fields in every state that a record can have, and what a reader sees of them."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet
from hypothesis import strategies as st

from zenoo_security import KeyRing
from zenoo_security.fernet import FernetReader, is_fernet
from zenoo_security.fields import Encrypted, EncryptedFields, Undecryptable
from zenoo_security.jobs.codec import Cell, Codec, Place
from zenoo_security.jobs.targets import select

OLD = KeyRing.generate()
RING = OLD.rotate()
STRANGER = KeyRing.generate().rotate().rotate()
GUIDE = Fernet(Fernet.generate_key())
KEY = base64.urlsafe_b64encode(hashlib.sha256(b"the guide's").digest()).decode()
READER = FernetReader(key=KEY)
FERNET = Fernet(KEY)
PLACE = Place(3, 7)

DECLARED = [
    Encrypted(index="casefold"),
    Encrypted(),
    Encrypted(in_place=True, index="casefold"),
    Encrypted(in_place=True),
    Encrypted(index="exact", bind=("database", "company", "record"), padding=32, index_length=8),
    Encrypted(index="email"),
]


def codec_of(declared, ring=RING):
    fields = EncryptedFields({"x.person": {"note": declared}})
    return Codec(select(fields)[0], ring, database="production", fernet=READER)


def seen(codec, cell):
    """What a client that allows plaintext reads; the guide's values as what they stand for."""
    value = cell.own or cell.column
    if codec.is_token(value):
        return codec.open(value, cell.place)
    return READER.open(value) if opens(value) else value


def opens(value):
    return is_fernet(value) and not value.startswith("gAAAAABroken") and base64.urlsafe_b64decode(value) != b""


def applied(codec, cell, decision):
    """The cell after the write."""
    target = codec.target
    row = {target.column: cell.column, target.own: cell.own, target.declaration.index_column: cell.index}
    row |= decision.values
    return cell._replace(
        own=target.own and row[target.own],
        column=row[target.column],
        index=bool(target.declaration.index_column) and row[target.declaration.index_column],
    )


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)


@st.composite
def cells(draw, declared):
    """A cell of a declaration: what our clients, Odoo's own client, the guide and mistakes have left there."""
    codec = codec_of(declared)
    texts = TEXTS | st.sampled_from(["a@example.com", "zs1.no token", "gAAAAA"])
    value = draw(texts)
    tokens = st.sampled_from([RING, OLD, STRANGER]).map(lambda ring: codec_of(declared, ring).seal(value, PLACE))
    elsewhere = st.just(codec_of(Encrypted(in_place=True)).seal(value, Place(0, 8)) + "")
    fernet = texts.map(lambda text: FERNET.encrypt(text.encode()).decode())
    twice = fernet.map(lambda token: base64.urlsafe_b64encode(token.encode()).decode())
    broken = texts.map(lambda text: GUIDE.encrypt(text.encode()).decode())
    plain = st.one_of(st.just(False), texts, fernet, twice, broken)
    column = draw(st.one_of(tokens, elsewhere, st.just(False), *([plain] if declared.in_place else [texts])))
    own = False if declared.in_place else draw(st.one_of(st.just(False), plain, tokens))
    index = draw(st.sampled_from([False, codec.index(value), codec.index("another")])) if declared.index else False
    return codec, Cell(own, column, index, PLACE)


def unreadable(value):
    return isinstance(value, Undecryptable)

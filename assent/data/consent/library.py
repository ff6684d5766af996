"""The exact bytes of every text that was published, by their SHA-256. It knows no event."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from assent.data.consent.documents import Document, digest, parse
from assent.data.store import Database
from assent.data.store.tables import texts
from assent.errors import ConsentError


class Library:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._read: dict[str, Document] = {}

    def keep(self, connection: Connection, document: Document) -> None:
        known = connection.execute(select(texts.c.sha256).where(texts.c.sha256 == document.sha256)).first()
        if known is None:
            connection.execute(insert(texts).values(sha256=document.sha256, body=document.content))

    def document(self, sha256: str) -> Document:
        """ConsentError where the stored bytes are not those of the hash (C3)."""
        if sha256 not in self._read:
            content = self.content(sha256)
            if digest(content) != sha256:
                raise ConsentError(f"the stored text {sha256} is not the one published", reason="text")
            self._read[sha256] = parse(content, sha256[:12])
        return self._read[sha256]

    def content(self, sha256: str) -> bytes:
        with self._database.read() as connection:
            content = connection.execute(select(texts.c.body).where(texts.c.sha256 == sha256)).scalar_one_or_none()
        if content is None:
            raise ConsentError(f"no text {sha256} was published here", reason="text")
        return bytes(content)

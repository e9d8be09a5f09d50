"""Names that tell of a person: columns and log fields such as email, birth_date or nomor_telepon."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from app import patterns
from app.schema.names import word_set, words_of

_WORD = patterns.compile(r"[^\W_]+")


_WORDS = word_set(
    "email phone telephone fax surname lastname firstname forename nickname birthday birthdate birth dob ssn "
    "passport whatsapp nik npwp ktp alamat telepon telp ponsel lahir"
)
_PAIRS = frozenset(
    {
        ("first", "name"), ("last", "name"), ("full", "name"), ("given", "name"), ("family", "name"),
        ("middle", "name"), ("maiden", "name"), ("recipient", "name"), ("customer", "name"),
        ("guest", "name"), ("patient", "name"), ("reader", "name"), ("contact", "name"), ("holder", "name"),
        ("nama", "lengkap"),
        ("nama", "depan"), ("nama", "belakang"), ("nama", "ibu"), ("no", "hp"), ("nomor", "hp"),
        ("e", "mail"), ("mobile", "number"), ("mobile", "no"), ("cell", "number"), ("national", "id"),
        ("social", "security"), ("ip", "address"), ("ip", "addr"), ("client", "ip"), ("remote", "ip"),
        ("source", "ip"), ("user", "ip"), ("login", "ip"), ("visitor", "ip"), ("request", "ip"),
    }
)  # fmt: skip
_NO_PERSON = word_set(
    "mac memory wallet contract network web url bus block register model brand template domain verified "
    "confirmed confirmation count counts flag enabled bounced valid required consent version format kind "
    "type status sent at id is has was opted server host hash hashed masked provider queue"
)


@lru_cache(maxsize=16384)
def looks_personal(name: str) -> bool:
    """Whether a name is that of something about a person, in English or Indonesian.

    `ip` alone is an address; `ip_owner` may be intellectual property and is not.
    """
    words = _WORD.findall(words_of(name.rsplit(".", 1)[-1]))
    pairs = set(pairwise(words))
    if pairs & {("national", "id"), ("social", "security")}:
        return True
    if not words or set(words) & _NO_PERSON:
        return False
    return bool(set(words) & _WORDS or "address" in words or pairs & _PAIRS or words == ["ip"])

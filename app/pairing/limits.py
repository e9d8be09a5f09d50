"""How much of everything a host takes from its guests."""

from __future__ import annotations

from msgspec import Struct

FROM_GUEST = 64 * 1024
"""Bytes of the largest frame that a guest may send."""
FROM_HOST = 1024 * 1024
"""Bytes of the largest frame that a host sends; larger events become a new snapshot."""
PIECE = 128 * 1024
"""Characters of one piece of a snapshot."""
LARGEST_SNAPSHOT = 64 * 1024 * 1024
"""Characters of the largest snapshot that a guest takes."""


class Limits(Struct, frozen=True):
    """Times in seconds, sizes in bytes."""

    connections: int = 16
    """Open connections, whatever became of their handshakes."""
    waiting: int = 4
    """Guests who wait to be admitted."""
    guests: int = 8
    """People who are admitted and have not been removed."""
    handshake: float = 10.0
    """Until a new connection has said who it is."""
    admission: float = 600.0
    """Until a guest who waits has to ask again."""
    ping: float = 15.0
    """Between two pings, and until an unanswered one ends the connection."""
    queued_frames: int = 1_000
    queued_bytes: int = 4 * 1024 * 1024
    """What may wait for one slow guest; more, and the guest is cut off."""
    frames_a_second: float = 15.0
    burst: int = 15
    """What a guest may send at once; beyond it, the guest's frames are read more slowly. Each change is a
    write to the author's disk and a paint; who types faster says several keys in one frame."""
    words_a_second: float = 2.0
    words_burst: int = 20
    """The same for records, each of which is a file written."""
    asks_a_second: float = 0.5
    asks_burst: int = 10
    """How often somebody may ask to be admitted, all together."""
    kept_events: int = 2_000
    kept_bytes: int = 8 * 1024 * 1024
    """Events kept for guests who come back."""
    kept_results: int = 500
    """Results kept for each guest, for what is sent again."""
    baton: float = 15 * 60.0
    """How long a baton is handed over for."""

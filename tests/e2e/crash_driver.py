"""Edits one document as fast as it can and says what is safe, until it is killed.

Arguments: the file, the number to begin with. It prints `open` and the number that the document
holds, then for every edit `start N` before and `ack N` after it, each with the time in nanoseconds.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from app.bank.load import default_bank
from app.document.operations import AddRow, RemoveRow, Set
from app.session import Session


def main() -> None:
    path, number = Path(sys.argv[1]), int(sys.argv[2])
    rng = random.Random(number)
    with Session.open(default_bank(), path) as session:
        print("open", session.read_only_reason or "to write", flush=True)
        while True:
            number += 1
            print("start", number, time.monotonic_ns(), flush=True)
            session.apply(Set(question="control.title", value=f"{number}"))
            print("ack", number, time.monotonic_ns(), flush=True)
            rows = session.answers.rows("logical.grain")
            if len(rows) > 20:
                session.apply(RemoveRow(question="logical.grain", row=str(rows[0]["entity"])))
            session.apply(AddRow(question="logical.grain", row={"entity": f"{number}"}))
            if rng.random() < 0.3:
                session.save()


if __name__ == "__main__":
    main()

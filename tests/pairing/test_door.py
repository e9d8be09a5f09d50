"""What is refused before anything is a websocket, and on one; the host is alive after each."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import ssl
import subprocess
import zlib
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from app.document.operations import Set
from app.pairing.codes import JoinCode
from app.pairing.limits import FROM_GUEST, Limits
from app.pairing.tls import certificate_of_files, certificate_of_session, is_loopback
from app.problems import DocumentError
from tests.pairing.raw import HELLO, dial, end_of, enter
from tests.pairing.rooms import PAINS, Room, eventually, room
from tests.pairing.test_wire import HOSTILE


async def is_alive(r: Room) -> None:
    """The host still works for a guest who behaves."""
    name = f"Ada {len(r.guests)}"
    ada = await r.join(name, "problem")
    ada.session.apply(Set(question=PAINS, value=name))
    await r.settle()
    assert r.session.answers.values[PAINS] == name


async def answer_to(code: JoinCode, *headers: str, path: str = "/", host: str | None = None) -> str:
    """The first line that the host answers to a request made by hand."""
    reader, writer = await asyncio.open_connection(code.host, code.port)
    lines = [
        f"GET {path} HTTP/1.1",
        *([f"Host: {code.host}:{code.port}"] if host is None else [f"Host: {host}"] if host else []),
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(bytes(16)).decode()}",
        "Sec-WebSocket-Version: 13",
        *headers,
    ]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    async with asyncio.timeout(10):
        line = (await reader.readline()).decode()
    writer.close()
    return line


async def test_only_a_request_that_fits_in_every_way_is_let_in(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        code = r.host.code
        token = f"Authorization: Bearer {code.invitation}"
        ours = "Sec-WebSocket-Protocol: dbcharter-pair.1"
        assert " 101 " in await answer_to(code, token, ours)
        assert " 101 " in await answer_to(code, token, ours, host=f"LOCALHOST:{code.port}")
        refused = {
            "any origin": (403, [token, ours, "Origin: http://127.0.0.1"], {}),
            "an empty origin": (403, [token, ours, "Origin: null"], {}),
            "a rebound name": (421, [token, ours], {"host": f"evil.example:{code.port}"}),
            "another port": (421, [token, ours], {"host": "127.0.0.1:1"}),
            "no name": (421, [token, ours], {"host": ""}),
            "two names": (421, [token, ours, "Host: evil.example"], {}),
            "no token": (401, [ours], {}),
            "another token": (401, ["Authorization: Bearer " + "x" * 43, ours], {}),
            "two tokens": (401, [token, token, ours], {}),
            "another scheme": (401, [f"Authorization: Basic {code.invitation}", ours], {}),
            "another path": (404, [token, ours], {"path": "/admin"}),
            "the token in the path": (404, [ours], {"path": f"/?token={code.invitation}"}),
            "no subprotocol": (400, [token], {}),
            "another version": (400, [token, "Sec-WebSocket-Protocol: dbcharter-pair.2"], {}),
        }
        for name, (status, headers, options) in refused.items():
            line = await answer_to(code, *headers, **options)
            assert f" {status} " in line, name
        await is_alive(r)


async def test_what_is_not_http_is_dropped(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        reader, writer = await asyncio.open_connection(*r.host.address)
        writer.write(b"\x16\x03\x01" + b"\xff" * 70_000)
        async with asyncio.timeout(10):
            assert b" 101 " not in await reader.read(1_000)
        writer.close()
        await is_alive(r)


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_frame_ends_its_connection_and_nothing_else(tmp_path: Path, name: str) -> None:
    async with room(tmp_path) as r:
        connection, _ = await enter(r.host.code)
        await connection.send(HOSTILE[name])
        assert await end_of(connection) in (1008, 1009, 1006)
        await is_alive(r)


async def test_other_things_that_no_guest_does(tmp_path: Path) -> None:
    async with room(tmp_path, Limits(handshake=0.2)) as r:
        silent = await dial(r.host.code)
        assert await end_of(silent) is not None

        impatient = await dial(r.host.code)
        await impatient.send(json.dumps({"type": "here"}))
        assert await end_of(impatient) == 1008

        old = await dial(r.host.code)
        await old.send(json.dumps({**HELLO, "protocol": 99}))
        assert json.loads(await old.recv())["type"] == "ended"

        twice, welcome = await enter(r.host.code)
        await twice.send(json.dumps(HELLO))
        await twice.send(json.dumps({"type": "give_baton", "section": "logical"}))
        await twice.send(json.dumps({"type": "ask_baton", "section": "no such"}))
        await twice.send(json.dumps({"type": "revert", "id": 1, "epoch": welcome["epoch"], "targets": [7]}))
        await twice.ping()
        await twice.close()
        await is_alive(r)


async def test_who_waits_and_speaks_is_turned_away(tmp_path: Path) -> None:
    async with room(tmp_path, is_open=False) as r:
        connection = await dial(r.host.code)
        await connection.send(json.dumps(HELLO))
        await connection.send(json.dumps({"type": "here", "section": "logical"}))
        assert await end_of(connection) == 1008
        await eventually(lambda: not r.host.waiting)


async def test_a_compressed_bomb_is_not_unpacked(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        connection = await dial(r.host.code, compression="deflate")
        assert connection.protocol.extensions == []
        squeezed = zlib.compressobj(wbits=-15)
        data = squeezed.compress(b"0" * 50_000_000) + squeezed.flush()
        length = len(data[:60_000])
        head = bytes([0b1100_0001, 0x80 | 126]) + length.to_bytes(2, "big") + bytes(4)
        connection.transport.write(head + data[:60_000])
        assert await end_of(connection) in (1002, 1006)
        await is_alive(r)


async def test_a_frame_too_large_ends_the_connection_before_it_is_read(tmp_path: Path) -> None:
    async with room(tmp_path) as r:
        connection, _ = await enter(r.host.code)
        with contextlib.suppress(ConnectionClosed):
            await connection.send("x" * (FROM_GUEST + 1))
        assert await end_of(connection) in (1009, 1006)
        await is_alive(r)


async def test_connections_and_those_who_wait_are_counted(tmp_path: Path) -> None:
    async with room(tmp_path, Limits(connections=3, waiting=1), is_open=False) as r:
        first = await dial(r.host.code)
        await first.send(json.dumps({**HELLO, "name": "A"}))
        await eventually(lambda: r.host.waiting)
        second = await dial(r.host.code)
        await second.send(json.dumps({**HELLO, "name": "B"}))
        assert json.loads(await second.recv())["type"] == "ended"
        await second.close()
        others = [await dial(r.host.code) for _ in range(2)]
        with pytest.raises(InvalidStatus) as refused:
            await dial(r.host.code)
        assert refused.value.response.status_code == 503
        for connection in (first, *others):
            await connection.close()


# encryption


async def test_off_loopback_the_connection_is_encrypted_and_the_join_code_pins_the_certificate(
    tmp_path: Path,
) -> None:
    async with room(tmp_path, bind="0.0.0.0", name="127.0.0.1") as r:  # that is the point
        code = r.host.code
        assert str(code).startswith("pairs://127.0.0.1:")
        await is_alive(r)
        plain = JoinCode(code.host, code.port, code.invitation)
        with pytest.raises(DocumentError):
            await r.join("Bo", code=plain)
        with pytest.raises((InvalidHandshake, OSError, EOFError)):
            await dial(plain)


async def test_another_certificate_is_refused_before_the_token_is_sent(tmp_path: Path) -> None:
    """Somebody in between has a certificate that looks the same, and reads all that arrives."""
    async with room(tmp_path, bind="0.0.0.0", name="127.0.0.1") as r:  # as above
        received: list[bytes] = []

        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            received.append(await reader.read(1_000))
            writer.close()

        context, other = certificate_of_session("127.0.0.1")
        server = await asyncio.start_server(listen, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        code = r.host.code
        assert other != code.fingerprint
        with pytest.raises(DocumentError, match="not the host of the join code"):
            await r.join("Ada", code=JoinCode("127.0.0.1", port, code.invitation, code.fingerprint))
        server.close()
        await server.wait_closed()
        assert b"".join(received) == b""


async def test_a_certificate_of_ones_own_is_used_and_pinned(tmp_path: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem"), "-subj", "/CN=db"]
    subprocess.run([*command, *files], check=True, capture_output=True)
    pair = (tmp_path / "cert.pem", tmp_path / "key.pem")
    async with room(tmp_path, certificate=pair) as r:
        der = ssl.PEM_cert_to_DER_cert(pair[0].read_text())
        assert r.host.code.fingerprint == hashlib.sha256(der).digest()
        await is_alive(r)


def test_a_certificate_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("no certificate")
    for certificate in ("cert.pem", "missing.pem"):
        with pytest.raises(DocumentError):
            certificate_of_files(tmp_path / certificate, tmp_path / "key.pem")


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True)]
    + [
        (name, False) for name in ("0.0.0.0", "::", "", "192.168.1.2", "db.example", "127.0.0.1.evil.example")
    ],
)
def test_what_only_this_machine_reaches(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


async def test_no_secret_is_logged(tmp_path: Path, caplog: Any) -> None:
    caplog.set_level("DEBUG")
    async with room(tmp_path) as r:
        await is_alive(r)
        await answer_to(r.host.code, "Origin: http://x", f"Authorization: Bearer {r.host.code.invitation}")
        assert r.host.code.invitation not in caplog.text

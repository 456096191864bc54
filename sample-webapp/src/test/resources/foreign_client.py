"""A client of other people's making talks to the sample: python3 foreign_client.py ws://host:port/path

Uses only what every release of the websockets package since 10 has. Ends with an error at the first surprise.
"""

import asyncio
import json
import sys

import websockets

SIZES = [0, 1, 125, 126, 65535, 65536, 1 << 20]


async def echo(base):
    async with websockets.connect(base + "/echo", max_size=None) as ws:
        for size in SIZES:
            for message in (bytes(i & 0xFF for i in range(size)), "ü" * (size // 2)):
                await ws.send(message)
                assert await ws.recv() == message, f"echo of {size}"
        await ws.send(["in ", "", "three ", "fragments"])
        assert await ws.recv() == "in three fragments"
        await asyncio.wait_for(await ws.ping(b"are you there"), 5)
    assert (ws.close_code, ws.close_reason) == (1000, ""), ws.close_code


async def without_compression(base):
    async with websockets.connect(base + "/echo", compression=None) as ws:
        await ws.send("plain")
        assert await ws.recv() == "plain"


async def many_at_once(base):
    clients = [await websockets.connect(base + "/echo") for _ in range(50)]
    for number, ws in enumerate(clients):
        await ws.send(f"number {number}")
    for number, ws in enumerate(clients):
        assert await ws.recv() == f"number {number}"
    await asyncio.gather(*(ws.close(4000, "enough") for ws in clients))
    assert all(ws.close_code == 4000 for ws in clients)


async def chat(base):
    async with websockets.connect(base + "/chat") as ws:
        await ws.send(json.dumps({"type": "join", "name": "Monty"}))
        welcome = json.loads(await ws.recv())
        while welcome["type"] == "said":  # before it joined
            welcome = json.loads(await ws.recv())
        assert welcome["you"] == "Monty"


async def race(base):
    async with websockets.connect(base + "/race") as ws:
        await ws.send("go")
        try:
            while True:
                await ws.recv()
        except websockets.ConnectionClosed:
            pass
    assert (ws.close_code, ws.close_reason) == (1011, "concurrent write"), ws.close_code


async def too_big(base):
    async with websockets.connect(base + "/chat") as ws:
        await ws.send("x" * (16 * 1024 + 1))
        try:
            await ws.recv()
        except websockets.ConnectionClosed:
            pass
    assert ws.close_code == 1009, ws.close_code


async def main(base):
    for part in (echo, without_compression, many_at_once, chat, race, too_big):
        await asyncio.wait_for(part(base), 30)
        print(part.__name__, "as expected")


asyncio.run(main(sys.argv[1]))

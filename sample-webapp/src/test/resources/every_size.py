"""Python's websockets talks to an echo: python3 every_size.py ws://HOST:PORT/PATH SIZES OFFER ANSWER

Each message must come back as it was. Uses only what every release of the websockets package since 10 has.
"""

import asyncio
import random
import sys

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory

SMALL_SIZES = 300
LARGE = 1000000  # one kind a size
HUGE = 2 << 20  # whole only


def noise_text(length):
    """Characters of one to four bytes, from all of Unicode but the surrogates."""
    dice = random.Random(1)
    ranges = ((0, 0x80), (0x80, 0x800), (0xE000, 0x10000), (0x10000, 0x110000))
    return "".join(chr(dice.randrange(*dice.choice(ranges))) for _ in range(length))


# The payloads are repetitions of these. The noise is longer than any window of deflate, so it stays noise.
BLOCKS = {
    "binary noise": random.Random(2).randbytes(200003),
    "text pattern": ("aü€😀" * 1000).encode(),
    "binary pattern": bytes(i % 251 for i in range(10007)),
    "text noise": noise_text(30011).encode(),
}


def payload(kind, size):
    """Exactly so many bytes; what is left after the last whole character of a text is filled with x."""
    block = BLOCKS[kind]
    payload = (block * (size // len(block) + 1))[:size]
    if not is_text(kind):
        return payload
    text = payload.decode(errors="ignore")
    return text + "x" * (size - len(text.encode()))


def is_text(kind):
    return kind.startswith("text")


async def expect(ws, message, what):
    try:
        received = await asyncio.wait_for(ws.recv(), 15)
    except (websockets.ConnectionClosed, asyncio.TimeoutError) as e:
        raise AssertionError(f"{what}: {e!r}") from e
    assert type(received) is type(message), f"{what}: came back as the other type"
    assert len(received) == len(message), f"{what}: came back as {len(received)} instead of {len(message)}"
    if received != message:
        differs = next(i for i, (a, b) in enumerate(zip(received, message)) if a != b)
        raise AssertionError(f"{what}: differs from {differs} on")


async def one_by_one(ws, kinds, sizes):
    for turn, size in enumerate(sizes):
        for kind in kinds if size < LARGE else [kinds[turn % len(kinds)]]:
            message = payload(kind, size)
            await ws.send(message)
            await expect(ws, message, f"{kind} of {size}, whole")
            if size < HUGE:
                cut = len(message) // 3
                await ws.send([message[:cut], message[:0], message[cut:]])
                await expect(ws, message, f"{kind} of {size}, in three fragments")


async def all_at_once(ws, kinds):
    """Every small size, with no wait for the answers in between."""
    for kind in kinds:
        for size in range(SMALL_SIZES):
            await ws.send(payload(kind, size))
        for size in range(SMALL_SIZES):
            await expect(ws, payload(kind, size), f"{kind} of {size}, one of many at once")


async def every_compressed_size(ws, largest):
    """Noise that deflate does not remember, and a bit of pattern, so that the frames are smaller than the messages.

    By the length of the noise they come to lengths around 126, around the 16 KiB of the server's write buffer, and around
    65535.
    """
    spans = ((0, 140), (90, 140), (90, 140), (16300, 16350), (65460, 65500))
    block = BLOCKS["binary noise"]
    start = 0
    for size in (size for span in spans for size in range(*span) if size < largest):
        start = 0 if start + size > len(block) else start
        message = block[start : start + size] + bytes(300)
        start += size
        await ws.send(message)
        await expect(ws, message, f"binary of {len(message)}, of which {size} do not shrink")


async def fragments_of_every_size(ws, kinds, sizes):
    """One message, of one fragment of each size."""
    for kind in kinds:
        parts = [payload(kind, size) for size in sizes]
        await ws.send(parts)
        await expect(ws, parts[0][:0].join(parts), f"{kind} in fragments of every size")


def parameters(header):
    """The parameters of an offer or an answer, as the package names them; nothing for an empty header."""
    parameters = {}
    for parameter in header.split("; ")[1:]:
        name, _, bits = parameter.partition("=")
        parameters[name] = int(bits) if bits else True
    return parameters


def negotiated(ws):
    """What the package has made of the answer; nothing without compression."""
    return [
        {
            "server_no_context_takeover": extension.remote_no_context_takeover,
            "client_no_context_takeover": extension.local_no_context_takeover,
            "server_max_window_bits": extension.remote_max_window_bits,
            "client_max_window_bits": extension.local_max_window_bits,
        }
        for extension in ws.extensions
    ]


def expected(answer):
    defaults = {
        "server_no_context_takeover": False,
        "client_no_context_takeover": False,
        "server_max_window_bits": 15,
        "client_max_window_bits": 15,
    }
    return [{**defaults, **parameters(answer)}] if answer else []


async def main(url, sizes, offer, answer):
    extensions = [ClientPerMessageDeflateFactory(**{"client_max_window_bits": None, **parameters(offer)})] if offer else []
    async with websockets.connect(url, compression=None, extensions=extensions, max_size=None) as ws:
        assert negotiated(ws) == expected(answer), negotiated(ws)
        kinds = [kind for kind in BLOCKS if answer or kind.endswith("noise")]
        await one_by_one(ws, kinds, sizes)
        await all_at_once(ws, kinds)
        if answer:
            await every_compressed_size(ws, max(sizes))
        await fragments_of_every_size(ws, kinds, [size for size in sizes if size < LARGE])
    assert ws.close_code == 1000, ws.close_code
    print("as expected")


asyncio.run(main(sys.argv[1], [int(size) for size in sys.argv[2].split(",")], *sys.argv[3:]))

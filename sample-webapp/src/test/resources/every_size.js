/*
 * Messages of many sizes to an echo, each of which must come back as it was. Runs in a browser, and in Node with ws:
 * everySize(socket, extensions, sizes, sendParts), where sendParts(socket, parts, isText) sends a message in fragments; a
 * browser's socket cannot, and goes without. The extensions are those that have to be negotiated.
 */
'use strict';

const PATIENCE_MILLIS = 15000;
const SMALL_SIZES = 300;
const LARGE = 1000000; // one kind a size
const HUGE = 2 << 20; // whole only

/* The payloads are repetitions of these. The noise is longer than any window of deflate, so it stays noise. */
const BLOCKS = {
  'binary noise': Uint8Array.from(noise(200003), (number) => number & 0xff),
  'text pattern': utf8('aü€😀'.repeat(1000)),
  'binary pattern': Uint8Array.from({ length: 10007 }, (unused, i) => i % 251),
  'text noise': utf8(noiseText(30011)),
};

function utf8(text) {
  return new TextEncoder().encode(text);
}

/* Xorshift. */
function* noise(length) {
  let state = 0x9e3779b9;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

/* Characters of one to four bytes, from all of Unicode but the surrogates. */
function noiseText(length) {
  const limits = [0x80, 0x800, 0xd800, 0x110000];
  return Array.from(noise(length), (number) => {
    const codePoint = (number >>> 4) % limits[number & 3];
    return String.fromCodePoint(codePoint >= 0xd800 && codePoint < 0xe000 ? 0xfffd : codePoint);
  }).join('');
}

/* Exactly so many bytes; what is left after the last whole character of a text is filled with x. */
function payload(kind, size) {
  const block = BLOCKS[kind];
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += block.length) {
    bytes.set(block.subarray(0, Math.min(block.length, size - at)), at);
  }
  if (isText(kind)) {
    let within = size % block.length;
    let end = size;
    for (; (block[within] & 0xc0) === 0x80; within--) {
      end--;
    }
    bytes.fill('x'.charCodeAt(0), end);
  }
  return bytes;
}

function isText(kind) {
  return kind.startsWith('text');
}

function text(bytes) {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

function assertSame(expected, seen, at) {
  if (seen.length !== expected.length) {
    throw new Error(`came back as ${seen.length} instead of ${expected.length}`);
  }
  if (expected === seen) {
    return;
  }
  for (let i = 0; i < expected.length; i++) {
    if (at(seen, i) !== at(expected, i)) {
      throw new Error(`differs from ${i} on`);
    }
  }
}

/* A socket whose messages are waited for one by one. */
class Peer {
  #arrived = [];
  #waiting = null;
  #closed = null;

  constructor(socket) {
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onmessage = (event) => this.#add(event.data);
    socket.onclose = (event) => this.#add((this.#closed = event));
  }

  static async open(socket, extensions) {
    const peer = new Peer(socket);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = (event) => reject(new Error(`no connection: ${event.message}`));
    });
    // A browser tells all that the server has answered, ws only the name.
    if (socket.extensions !== extensions && socket.extensions !== extensions.split(';')[0]) {
      throw new Error(`negotiated "${socket.extensions}" and not "${extensions}"`);
    }
    return peer;
  }

  #add(event) {
    this.#arrived.push(event);
    this.#waiting?.();
  }

  async receive() {
    if (this.#arrived.length === 0) {
      await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('nothing comes')), PATIENCE_MILLIS);
        this.#waiting = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#waiting = null;
    }
    const event = this.#arrived.shift();
    if (event === this.#closed) {
      throw new Error(`closed with ${event.code} ${event.reason}`);
    }
    return event;
  }

  send(kind, bytes) {
    this.socket.send(isText(kind) ? text(bytes) : bytes);
  }

  async expect(kind, bytes, how) {
    try {
      const received = await this.receive();
      if ((typeof received === 'string') !== isText(kind)) {
        throw new Error('came back as the other type');
      }
      if (isText(kind)) {
        assertSame(text(bytes), received, (string, i) => string.charCodeAt(i));
      } else {
        assertSame(bytes, new Uint8Array(received), (array, i) => array[i]);
      }
    } catch (e) {
      throw new Error(`${kind} of ${bytes.length}, ${how}: ${e.message}`);
    }
  }

  async close() {
    this.socket.close(1000);
    try {
      await this.receive();
    } catch (closed) {
      if (this.#closed?.wasClean && this.#closed.code === 1000) {
        return;
      }
      throw closed;
    }
    throw new Error('more messages came back than were sent');
  }
}

async function oneByOne(peer, kinds, sizes, sendParts) {
  for (const [turn, size] of sizes.entries()) {
    for (const kind of size < LARGE ? kinds : [kinds[turn % kinds.length]]) {
      const bytes = payload(kind, size);
      peer.send(kind, bytes);
      await peer.expect(kind, bytes, 'whole');
      if (sendParts && size < HUGE) {
        const cut = Math.floor(size / 3);
        sendParts(peer.socket, [bytes.subarray(0, cut), bytes.subarray(0, 0), bytes.subarray(cut)], isText(kind));
        await peer.expect(kind, bytes, 'in three fragments');
      }
    }
  }
}

/* Every small size, with no wait for the answers in between. */
async function allAtOnce(peer, kinds) {
  for (const kind of kinds) {
    for (let size = 0; size < SMALL_SIZES; size++) {
      peer.send(kind, payload(kind, size));
    }
    for (let size = 0; size < SMALL_SIZES; size++) {
      await peer.expect(kind, payload(kind, size), 'one of many at once');
    }
  }
}

/*
 * Noise that deflate does not remember, and a bit of pattern, so that the frames are smaller than the messages: by the
 * length of the noise they come to lengths around 126, around the 16 KiB of the server's write buffer, and around 65535.
 */
async function everyCompressedSize(peer, largest) {
  const block = BLOCKS['binary noise'];
  let from = 0;
  for (const [least, most] of [[0, 140], [90, 140], [90, 140], [16300, 16350], [65460, 65500]]) {
    for (let size = least; size < Math.min(most, largest); size++) {
      from = from + size > block.length ? 0 : from;
      const bytes = new Uint8Array(size + 300);
      bytes.set(block.subarray(from, (from += size)));
      peer.send('binary', bytes);
      await peer.expect('binary', bytes, `of which ${size} do not shrink`);
    }
  }
}

/* One message, of one fragment of each size. */
async function fragmentsOfEverySize(peer, kinds, sizes, sendParts) {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  for (const kind of kinds) {
    const bytes = payload(kind, total);
    const parts = [];
    let at = 0;
    for (const size of sizes) {
      parts.push(bytes.subarray(at, (at += size)));
    }
    sendParts(peer.socket, parts, isText(kind));
    await peer.expect(kind, bytes, 'in fragments of every size');
  }
}

async function everySize(socket, extensions, sizes, sendParts) {
  const peer = await Peer.open(socket, extensions);
  const kinds = Object.keys(BLOCKS).filter((kind) => extensions !== '' || kind.endsWith('noise'));
  await oneByOne(peer, kinds, sizes, sendParts);
  await allAtOnce(peer, kinds);
  if (extensions !== '') {
    await everyCompressedSize(peer, Math.max(...sizes));
  }
  if (sendParts) {
    await fragmentsOfEverySize(peer, kinds, sizes.filter((size) => size < LARGE), sendParts);
  }
  await peer.close();
}

if (typeof module !== 'undefined') {
  module.exports = { everySize, Peer, payload };
}

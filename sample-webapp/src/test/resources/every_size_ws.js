/* Node's ws talks to an echo: node every_size_ws.js PACKAGE ws://HOST:PORT/PATH SIZES OFFER ANSWER */
'use strict';

const assert = require('node:assert');
const { once } = require('node:events');
const { Peer, everySize, payload } = require('./every_size.js');

const [ws, url, sizes, offer, answer] = process.argv.slice(2);
const { WebSocket } = require(ws);

/* Cuts text wherever it is told to, also inside a character. */
function sendParts(socket, parts, isText) {
  parts.forEach((part, i) => socket.send(part, { binary: !isText, fin: i === parts.length - 1 }));
}

function connect() {
  const socket = new WebSocket(url, { perMessageDeflate: offer !== '' && options(offer), maxPayload: 0 });
  socket.on('upgrade', (response) => {
    assert.equal(response.headers['sec-websocket-extensions'] ?? '', answer);
  });
  return socket;
}

/* The header's parameters as ws names them. With a threshold of 0 it compresses whatever it sends. */
function options(header) {
  const given = { clientMaxWindowBits: false, threshold: 0 };
  for (const parameter of header.split('; ').slice(1)) {
    const [name, bits] = parameter.split('=');
    given[name.replace(/_./g, (two) => two[1].toUpperCase())] = bits === undefined || Number(bits);
  }
  return given;
}

/* What of a message of that size passes the wire, to the server and back. */
async function onTheWire(peer, wire, kind, size) {
  const before = [wire.bytesWritten, wire.bytesRead];
  const bytes = payload(kind, size);
  peer.send(kind, bytes);
  await peer.expect(kind, bytes, 'measured');
  return { there: (wire.bytesWritten - before[0]) / size, back: (wire.bytesRead - before[1]) / size };
}

/* Both sides do compress, and use what has gone before just where that was agreed on. */
async function compressesAsNegotiated() {
  const socket = connect();
  const upgraded = once(socket, 'upgrade');
  const peer = await Peer.open(socket, answer);
  const wire = (await upgraded)[0].socket;
  const pattern = await onTheWire(peer, wire, 'text pattern', 100000);
  assert(pattern.there < 0.2 && pattern.back < 0.2, JSON.stringify({ pattern }));
  const size = 5000;
  const first = await onTheWire(peer, wire, 'binary noise', size);
  assert(first.there > 0.9 && first.back > 0.9, JSON.stringify({ first }));
  const again = await onTheWire(peer, wire, 'binary noise', size);
  assert.equal(again.there < 0.2, remembers('client', size), JSON.stringify({ again }));
  assert.equal(again.back < 0.2, remembers('server', size), JSON.stringify({ again }));
  await peer.close();
}

function remembers(side, size) {
  const bits = answer.match(`${side}_max_window_bits=(\\d+)`)?.[1] ?? 15;
  return !answer.includes(`${side}_no_context_takeover`) && 2 ** bits > size;
}

async function main() {
  await everySize(connect(), answer, sizes.split(',').map(Number), sendParts);
  if (answer !== '') {
    await compressesAsNegotiated();
  }
  console.log('as expected');
}

main().catch((error) => {
  console.log(error.stack);
  process.exit(1);
});

// A client whose requests are HTTP/2 frames made by hand: a generator of load that leaves the machine to the server.
import { connect } from 'node:tls';
import { bundle } from './bundle.mjs';

const { bytesOf, data, frame, headerBlock, settings, windowUpdate } = await bundle('frames', [
  ['@kubets/http2/testing/frames.ts', 'bytesOf, data, frame, headerBlock, settings, windowUpdate'],
]);
const preface = bytesOf('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const type = { data: 0, headers: 1, settings: 4, ping: 6 };
const flag = { ack: 1, endStream: 1, endHeaders: 4 };
const window = 0x7f_ff_ff_ff;

/** Resolves to a client of the server at 127.0.0.1 whose certificates `ca` has signed. */
export async function connectFramed(port, ca) {
  const socket = connect({ host: '127.0.0.1', port, ca, ALPNProtocols: ['h2'], noDelay: true });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  // Windows that nothing fills: none has to be opened later.
  socket.write(Buffer.concat([preface, settings([4, window]), windowUpdate(0, window - 65_535)]));

  const waiting = new Map();
  let rest = Buffer.alloc(0);
  socket.on('data', (part) => {
    rest = rest.length ? Buffer.concat([rest, part]) : part;
    for (let end; rest.length >= 9 && rest.length >= (end = 9 + rest.readUIntBE(0, 3)); ) {
      take(rest[3], rest[4], rest.readUInt32BE(5), rest.subarray(9, end));
      rest = rest.subarray(end);
    }
  });

  function take(of, flags, stream, payload) {
    if ((of === type.settings || of === type.ping) && !(flags & flag.ack)) {
      socket.write(frame(of, flag.ack, 0, of === type.ping ? payload : new Uint8Array()));
    }
    if (of === type.data) waiting.get(stream).text += payload.latin1Slice();
    if ((of === type.data || of === type.headers) && flags & flag.endStream) {
      waiting.get(stream).resolve(waiting.get(stream).text);
      waiting.delete(stream);
    }
  }

  let stream = -1;
  return {
    /** The bytes of a request's headers, for `post`. */
    headersOf: (path) =>
      headerBlock([
        [':method', 'POST'],
        [':scheme', 'https'],
        [':authority', `127.0.0.1:${port}`],
        [':path', path],
        ['content-type', 'application/json'],
      ]),
    /** Resolves to the text of the answer. */
    post(headers, body) {
      stream += 2;
      return new Promise((resolve) => {
        waiting.set(stream, { text: '', resolve });
        socket.write(
          Buffer.concat([
            frame(type.headers, flag.endHeaders, stream, headers),
            data(stream, body, flag.endStream),
          ]),
        );
      });
    },
  };
}

// What a watch costs without an API server: a relay that writes what it is sent to the disk, a flush for all that came
// meanwhile, and passes it on. Lines over TLS. Its delays are those of the machine.
import { constants, fdatasyncSync, openSync, write, writeSync } from 'node:fs';
import { connect, createServer } from 'node:tls';

const fileBytes = 8 * 1024 * 1024;

/** Calls `onCommit` with each revision once the disk has it. Resolves to the port. */
export async function serveRelay({ path, key, cert, onCommit }) {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_DSYNC);
  writeSync(file, Buffer.alloc(fileBytes), 0, fileBytes, 0);
  fdatasyncSync(file);
  const watchers = new Set();
  let revision = 0;
  let at = 0;
  let waiting = [];
  let isWriting = false;

  function flush() {
    if (isWriting || waiting.length === 0) return;
    const group = waiting;
    waiting = [];
    const bytes = Buffer.from(group.map(({ line }) => line).join('\n'));
    if (at + bytes.length > fileBytes) at = 0;
    isWriting = true;
    write(file, bytes, 0, bytes.length, at, (error) => {
      if (error) throw error;
      isWriting = false;
      for (const { socket, line } of group) {
        onCommit(++revision);
        const text = `{"resourceVersion":"${revision}",${line.slice(1)}\n`;
        for (const watcher of watchers) watcher.write(text);
        socket.write(text);
      }
      flush();
    });
    at += Math.ceil(bytes.length / 4_096) * 4_096;
  }

  const server = createServer({ key, cert, noDelay: true }, (socket) => {
    onLine(socket, (line) => {
      if (line === 'watch') watchers.add(socket);
      else waiting.push({ socket, line });
      flush();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
}

/** A client that sends lines; `post` resolves to the line that answers. */
export async function connectToRelay(port, ca) {
  const socket = await open(port, ca);
  const waiting = [];
  onLine(socket, (line) => waiting.shift()(line));
  return {
    post(body) {
      socket.write(`${body}\n`);
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}

/** Calls `onEvent` with each line that the relay passes on. */
export async function watchRelay(port, ca, onEvent) {
  const socket = await open(port, ca);
  onLine(socket, onEvent);
  socket.write('watch\n');
}

async function open(port, ca) {
  const socket = connect({ host: '127.0.0.1', port, ca, noDelay: true });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  return socket;
}

function onLine(socket, take) {
  let rest = '';
  socket.setEncoding('latin1').on('data', (part) => {
    const lines = (rest + part).split('\n');
    rest = lines.pop();
    for (const line of lines) take(line);
  });
}

// A process inside a network namespace that serves and asks on command: one JSON object a line, both ways.
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

const commands = {
  serveTcp: ({ port, address, name }) =>
    new Promise((resolve, reject) => {
      const server = createServer((socket) => {
        socket.on('error', () => {});
        socket.end(JSON.stringify({ name, client: plain(socket.remoteAddress) }));
      });
      server.on('error', reject);
      server.listen(port, address, () => resolve({}));
    }),
  serveUdp: ({ port, address, name }) =>
    new Promise((resolve, reject) => {
      const server = createSocket({ type: address?.includes(':') ? 'udp6' : 'udp4' });
      server.on('error', reject);
      server.on('message', (_, from) =>
        server.send(JSON.stringify({ name, client: plain(from.address) }), from.port, from.address),
      );
      server.bind(port, address, () => resolve({}));
    }),
  askTcp: ({ address, port, timeoutMs = 5000, localAddress }) =>
    new Promise((resolve) => {
      const socket = connect({ host: address, port, localAddress });
      let text = '';
      socket.setTimeout(timeoutMs, () => {
        socket.destroy();
        resolve({ error: 'timeout' });
      });
      socket.on('error', (error) => resolve({ error: error.code }));
      socket.on('data', (data) => (text += data));
      socket.on('end', () => resolve(text ? JSON.parse(text) : { error: 'empty' }));
    }),
  askUdp: ({ address, port, timeoutMs = 5000, localPort }) =>
    new Promise((resolve) => {
      const socket = createSocket({ type: address.includes(':') ? 'udp6' : 'udp4', reuseAddr: true });
      const finish = (answer) => {
        clearTimeout(timer);
        socket.close();
        resolve(answer);
      };
      const timer = setTimeout(() => finish({ error: 'timeout' }), timeoutMs);
      socket.on('message', (data) => finish(JSON.parse(String(data))));
      socket.on('error', (error) => finish({ error: error.code }));
      socket.bind(localPort ?? 0, () =>
        socket.connect(port, address, (error) => (error ? finish({ error: error.code }) : socket.send('?'))),
      );
    }),
};

function plain(address) {
  return address.replace(/^::ffff:/, '');
}

for await (const line of createInterface({ input: process.stdin })) {
  const { id, command, ...options } = JSON.parse(line);
  commands[command](options).then(
    (answer) => process.stdout.write(JSON.stringify({ id, ...answer }) + '\n'),
    (error) => process.stdout.write(JSON.stringify({ id, error: String(error) }) + '\n'),
  );
}
process.exit(0);

// What a slow link does, where the kernel cannot: connections that leave this network namespace for one of `targets`
// (address:port) are led through this process, which passes on each piece of them later, in order, both ways. Told
// `{ address: { fromMs, toMs } }`, it takes that long, at random, to and from these addresses; connections that are
// there already are delayed too.
//   delaying_relay.mjs '["10.0.0.2:2380", ...]'
import { execFileSync } from 'node:child_process';
import { connect, createServer } from 'node:net';

/** Who makes the connections of the relay itself: those are not led back to it. */
const uid = 65_534;
const maxWaitingBytes = 16 * 1024 * 1024;
let delays = {};
const delayOf = (host) => {
  const { fromMs, toMs } = delays[host] ?? { fromMs: 0, toMs: 0 };
  return fromMs + Math.random() * (toMs - fromMs);
};

process.on('message', (next) => {
  delays = next;
});
// Whoever has started it is gone.
process.on('disconnect', () => process.exit());

const rules = [];
for (const target of JSON.parse(process.argv[2])) {
  const [host, port] = target.split(':');
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (near) => {
    // The first packet of a connection takes its time as well.
    setTimeout(() => {
      const far = connect({ host, port: Number(port), allowHalfOpen: true });
      pass(near, far, host);
      pass(far, near, host);
      near.resume();
    }, delayOf(host));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  rules.push(`ip daddr ${host} tcp dport ${port} redirect to :${server.address().port}`);
}
const chain = `type nat hook output priority -100; meta skuid ${uid} accept; ${rules.join('; ')};`;
execFileSync('nft', ['-f', '-'], { input: `table ip delay { chain output { ${chain} }; }` });
process.setgid(uid);
process.setuid(uid);
process.send('ready');

/** Everything that `from` says, its end and its failure too, `to` gets later and in that order. */
function pass(from, to, host) {
  const queue = [];
  let waitingBytes = 0;
  let dueLast = 0;
  const later = (bytes, act) => {
    // One that is quick does not overtake one that was slow.
    dueLast = Math.max(dueLast, performance.now() + delayOf(host));
    queue.push({ due: dueLast, bytes, act });
    waitingBytes += bytes;
    if (waitingBytes > maxWaitingBytes) from.pause();
    if (queue.length === 1) deliver();
  };
  const deliver = () => {
    while (queue.length > 0) {
      const ms = queue[0].due - performance.now();
      if (ms > 0) return setTimeout(deliver, ms);
      const { bytes, act } = queue.shift();
      waitingBytes -= bytes;
      act();
    }
    from.resume();
  };
  from.on('data', (data) => later(data.length, () => to.write(data)));
  from.on('end', () => later(0, () => to.end()));
  from.on('error', () => {});
  from.on('close', (failed) => failed && later(0, () => to.destroy()));
}

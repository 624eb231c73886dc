import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@kubets/base';
import { expect, test } from 'vitest';
import { machineUpstreams, serversOf } from './read_upstreams.ts';

test('the name servers of a resolv.conf, without our own', () => {
  const text =
    'search example.com\nnameserver 10.96.0.10\nnameserver 192.0.2.1 \n#nameserver 9.9.9.9\nnameserver fe80::1%eth0\n';
  expect(serversOf(text, ['10.96.0.10'])).toEqual(['192.0.2.1', 'fe80::1']);
});

test('what stands behind the stub of systemd comes before the stub, and changes are seen', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kubets-dns-'));
  const files = [join(folder, 'a'), join(folder, 'b')];
  const clock = new FakeClock();
  const upstreams = machineUpstreams({ clock, own: [], files });
  expect(await upstreams()).toEqual([]);
  writeFileSync(files[0]!, 'nameserver 127.0.0.53\n');
  await clock.advance(5000);
  expect(await upstreams()).toEqual(['127.0.0.53']);
  writeFileSync(files[1]!, 'nameserver 192.0.2.1\n');
  expect(await upstreams()).toEqual(['127.0.0.53']);
  await clock.advance(5000);
  expect(await upstreams()).toEqual(['192.0.2.1']);
  rmSync(folder, { recursive: true });
});

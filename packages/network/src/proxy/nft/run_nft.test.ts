import { afterAll, describe, expect, test } from 'vitest';
import { Namespaces, namespacesUnavailable } from '../../testing/namespaces.ts';
import { nftCommand } from './run_nft.ts';

describe.skipIf(namespacesUnavailable('nft'))('nft', () => {
  const namespaces = new Namespaces();
  const node = namespaces.create('nft');
  const nft = nftCommand({ prefix: ['ip', 'netns', 'exec', node.name] });
  afterAll(() => {
    nft.close();
    namespaces.remove();
  });

  test('runs short commands through the shell and long ones alone, each as one transaction', async () => {
    expect(await nft.run('add table ip t\nadd set ip t s { type ipv4_addr; }\n')).toEqual({
      code: 0,
      stderr: '',
    });
    const many = Array.from({ length: 2000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`).join(', ');
    expect(await nft.run(`add element ip t s { ${many} }\n`)).toEqual({ code: 0, stderr: '' });
    expect(node.run('nft list set ip t s | grep -o "10.0" | wc -l').trim()).toBe('2000');
    for (const padding of ['', ' '.repeat(20_000)]) {
      const refused = await nft.run(`add table ip u\ndelete table ip nowhere${padding}\n`);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('No such file or directory');
    }
    expect(node.run('nft list tables').trim()).toBe('table ip t');
  });

  test('goes on after the shell has ended', async () => {
    await nft.run('add table ip v\n');
    nft.close();
    expect((await nft.run('delete table ip v\n')).code).toBe(0);
  });

  test('rejects when there is no such command', async () => {
    await expect(nftCommand({ prefix: ['/nowhere'] }).run('add table ip t\n')).rejects.toThrow('/nowhere');
    expect((await nftCommand({ path: '/nowhere' }).run('add table ip t\n')).code).toBe(127);
  });
});

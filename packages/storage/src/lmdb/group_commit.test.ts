import { FakeClock } from '@kubets/base';
import { expect, test } from 'vitest';
import { GroupCommit, type PendingWrite } from './group_commit.ts';

interface Times {
  /** A group on the disk. */
  groupMs: number;
  /** From answers to the end of the turn of those who got them. */
  callersMs: number;
}

/** Clients that write again as soon as they are answered; each line is a group that began to be written. */
async function groupsOf({ groupMs, callersMs }: Times): Promise<string[]> {
  const clock = new FakeClock();
  const groups: string[] = [];
  let onDisk = 0;
  let answeredWhileWriting = 0;
  /** Clients that were answered in this turn. */
  let running = 0;
  const commits = new GroupCommit({
    clock,
    async writeGroup(group: PendingWrite[]) {
      expect(++onDisk, 'groups on the disk').toBe(1);
      groups.push(`${group.length} writes`);
      await clock.sleep(groupMs);
      onDisk--;
      return group.map(({ resolve }) => () => {
        if (onDisk > 0) answeredWhileWriting++;
        running++;
        resolve({ ok: true, revision: groups.length });
      });
    },
    async endOfTick() {
      const ms = running > 0 ? callersMs : 0;
      running = 0;
      await clock.sleep(ms);
    },
  });
  const stop = new AbortController();
  const client = async (key: string) => {
    while (!stop.signal.aborted) await commits.commit({ key, expect: 'absent', value: null });
  };
  const clients = Promise.all(Array.from({ length: 64 }, (_, i) => client(`/registry/pods/${i}`)));
  await clock.advance(2_000);
  stop.abort();
  await clock.advance(1_000);
  await clients;
  groups.push(`${answeredWhileWriting > 0 ? 'some' : 'none'} answered while a group was written`);
  return groups;
}

test('all callers share a group while the disk is what they wait for', async () => {
  const groups = await groupsOf({ groupMs: 10, callersMs: 2 });
  expect(groups.slice(1, 20)).toEqual(Array(19).fill('64 writes'));
  expect(groups.at(-1)).toBe('none answered while a group was written');
});

test('two groups take turns when callers are slower than the disk', async () => {
  const groups = await groupsOf({ groupMs: 2, callersMs: 10 });
  expect(groups.slice(4, 20)).toEqual(Array(16).fill('32 writes'));
  expect(groups.at(-1)).toBe('some answered while a group was written');
});

test('closing waits for all that was taken, and takes nothing more', async () => {
  const clock = new FakeClock();
  const commits = new GroupCommit({
    clock,
    async writeGroup(group) {
      await clock.sleep(5);
      return group.map(
        ({ resolve }) =>
          () =>
            resolve({ ok: true, revision: 2 }),
      );
    },
    endOfTick: () => clock.sleep(1),
  });
  const write = { key: '/registry/pods/a', expect: 'absent', value: null } as const;
  const taken = commits.commit(write);
  const closed = commits.close();
  await expect(commits.commit(write)).rejects.toThrow('the store is closed');
  await clock.advance(50);
  await closed;
  expect(await taken).toEqual({ ok: true, revision: 2 });
});

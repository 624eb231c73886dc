import type { Files, Host, Mounts } from './host.ts';

const done = () => Promise.resolve();

const files: Files = {
  read: () => Promise.resolve(undefined),
  write: done,
  makeDirectory: done,
  list: () => Promise.resolve([]),
  stat: () => Promise.resolve(undefined),
  symlink: done,
  readLink: () => Promise.resolve(undefined),
  resolve: (path) => Promise.resolve(path),
  rename: done,
  remove: done,
  setMode: done,
  setOwner: done,
  diskUsage: () => Promise.resolve(0),
};

const mounts: Mounts = {
  list: () => Promise.resolve([]),
  tmpfs: done,
  bind: done,
  unmount: done,
  subPath: ({ root, subPath }) => Promise.resolve(`${root}/${subPath}`),
};

/** No machine at all: everything succeeds and nothing is kept. For simulated nodes. */
export const nullHost: Host = { files, mounts };

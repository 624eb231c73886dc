// Objects that many write would collect an entry for each; the oldest are merged into one.
import { type Managed, type Managers, managerId, secondsOf } from './managers.ts';

/** As upstream's DefaultMaxUpdateManagers; appliers don't count. */
const maxUpdateManagers = 10;
const bucketName = 'ancient-changes';

/** Changes `managers` in place. Entries are merged with others of the same version, oldest first. */
export function capManagers(managers: Managers): void {
  const updaters = [...managers].filter(([, managed]) => managed.operation === 'Update');
  let left = updaters.length;
  if (left <= maxUpdateManagers) return;
  updaters.sort(([a, x], [b, y]) => secondsOf(x) - secondsOf(y) || (a < b ? -1 : 1));
  const firstOfVersion = new Map<string, string>();
  for (const [id, managed] of updaters) {
    if (left <= maxUpdateManagers) return;
    const first = firstOfVersion.get(managed.apiVersion);
    if (first === undefined) {
      firstOfVersion.set(managed.apiVersion, id);
      continue;
    }
    mergeIntoBucket(managers, first, id, managed);
    left--;
  }
}

function mergeIntoBucket(managers: Managers, first: string, id: string, managed: Managed): void {
  const { apiVersion, owned, time } = managed;
  const info = { manager: bucketName, operation: 'Update', apiVersion, subresource: '' } as const;
  const bucketId = managerId(info);
  const bucket = managers.get(bucketId) ?? managers.get(first)!;
  if (!managers.has(bucketId)) managers.delete(first);
  managers.delete(id);
  managers.set(bucketId, { ...info, owned: bucket.owned.plus(owned.set), time });
}

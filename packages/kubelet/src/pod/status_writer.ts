// Brings the statuses of pods to the API server, the newest only, and deletes pods that have ended.
import { isConflict, isNotFound, type Pod, type PodStatus } from '@kubets/api';
import { type Clock, errorMessage, type Logger } from '@kubets/base';
import { type Client, refs } from '@kubets/client';
import { isTerminalPhase } from './status/pod_status.ts';
import { statusPatch } from './status_patch.ts';

export interface StatusWriter {
  /** What was last set for the pod; undefined before the first. */
  latest(uid: string): PodStatus | undefined;
  set(pod: Pod, status: PodStatus): void;
  /** Nothing of the pod is left on the node: once its last status is written and it is to be deleted, it is. */
  finish(pod: Pod): void;
  /** The API server's version of the pod has changed: someone may have written over the status. */
  seen(pod: Pod): void;
  forget(uid: string): void;
}

interface Entry {
  /** The newest version known of the API server's object. */
  base: Pod;
  status?: PodStatus;
  finished: boolean;
  writing: boolean;
  failures: number;
  /** A write that the server took but that left the difference: not repeated until something changes. */
  futile?: string;
  gone: boolean;
}

const retryMs = 1_000;
const maxRetryMs = 10_000;

export function createStatusWriter(options: { client: Client; clock: Clock; log: Logger }): StatusWriter {
  const { client, clock, log } = options;
  /** One for each pod of the node. */
  const entries = new Map<string, Entry>();

  function entryOf(pod: Pod): Entry {
    let entry = entries.get(pod.metadata.uid);
    if (!entry) {
      entry = { base: pod, finished: false, writing: false, failures: 0, gone: false };
      entries.set(pod.metadata.uid, entry);
    }
    if (isNewer(pod, entry.base)) entry.base = pod;
    return entry;
  }

  async function write(entry: Entry): Promise<void> {
    if (entry.writing) return;
    entry.writing = true;
    try {
      while (!entry.gone && (await writeOnce(entry)));
      entry.failures = 0;
    } catch (error) {
      if (isNotFound(error) || isConflict(error)) entry.gone = true;
      else {
        const delay = Math.min(maxRetryMs, retryMs * 2 ** Math.min(entry.failures++, 10));
        log.warn('pod status not written', {
          pod: entry.base.metadata.name,
          reason: errorMessage(error),
        });
        clock.after(delay, () => void write(entry));
      }
    } finally {
      entry.writing = false;
    }
  }

  /** True when there may be more to do. */
  async function writeOnce(entry: Entry): Promise<boolean> {
    const { base, status } = entry;
    const { name, namespace, uid, deletionTimestamp } = base.metadata;
    const patch = status && statusPatch(base.status ?? {}, status);
    const text = JSON.stringify(patch);
    if (patch && text !== entry.futile) {
      // The uid makes the write fail for another pod of that name.
      const next = await client.patch(
        refs.pods,
        name,
        namespace,
        'strategic',
        { metadata: { uid }, status: patch },
        { subresource: 'status' },
      );
      if (next.metadata.resourceVersion === base.metadata.resourceVersion) entry.futile = text;
      if (isNewer(next, entry.base)) entry.base = next;
      return true;
    }
    if (!entry.finished || !deletionTimestamp || !isTerminalPhase(base.status?.phase)) return false;
    await client.delete(refs.pods, name, namespace, { gracePeriodSeconds: 0, uid });
    entry.gone = true;
    return false;
  }

  return {
    latest: (uid) => entries.get(uid)?.status,
    set(pod, status) {
      const entry = entryOf(pod);
      entry.status = status;
      entry.futile = undefined;
      void write(entry);
    },
    finish(pod) {
      const entry = entryOf(pod);
      entry.finished = true;
      void write(entry);
    },
    seen(pod) {
      if (!entries.has(pod.metadata.uid)) return;
      const entry = entryOf(pod);
      if (entry.status) void write(entry);
    },
    forget(uid) {
      const entry = entries.get(uid);
      if (entry) entry.gone = true;
      entries.delete(uid);
    },
  };
}

/** Resource versions are decimal numbers that grow (KEP-5504). */
function isNewer(pod: Pod, than: Pod): boolean {
  const a = pod.metadata.resourceVersion ?? '0';
  const b = than.metadata.resourceVersion ?? '0';
  return a.length === b.length ? a > b : a.length > b.length;
}

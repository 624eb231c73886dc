// Brings the image of a container to the node, by its imagePullPolicy.
import type { Container, Pod, Secret } from '@kubets/api';
import type { Image } from '@kubets/api/generated/cri.ts';
import { type Clock, errorMessage, type Ms } from '@kubets/base';
import type { ContainerRuntime } from '../runtime/runtime.ts';
import { withDefaultTag } from './image_name.ts';
import { pullCredentials } from './pull_credentials.ts';

export type PullResult =
  | { ok: true; imageRef: string; image: Image }
  /** `until`: when another attempt makes sense. */
  | { ok: false; reason: string; message: string; until?: Ms };

export interface ImagePuller {
  ensure(options: EnsureImageOptions): Promise<PullResult>;
  /** Drops what is remembered of the pod's failed pulls. */
  forget(podUid: string): void;
}

export interface EnsureImageOptions {
  pod: Pod;
  container: Pick<Container, 'image' | 'imagePullPolicy'>;
  secrets: readonly Secret[];
  event(type: 'Normal' | 'Warning', reason: string, message: string): void;
}

interface FailedPull {
  delayMs: Ms;
  until: Ms;
  message: string;
}

const initialDelayMs = 10_000;
const maxDelayMs = 300_000;
/** Pulls at a time; others wait, so that a node that starts with many pods doesn't choke its link. */
const parallelPulls = 5;

export function createImagePuller({
  runtime,
  clock,
}: {
  runtime: ContainerRuntime;
  clock: Clock;
}): ImagePuller {
  /** By pod and image; an entry lives as long as its pod. */
  const failed = new Map<string, Map<string, FailedPull>>();
  const pull = limited(parallelPulls);

  async function ensure(options: EnsureImageOptions): Promise<PullResult> {
    const { pod, container, event } = options;
    const requested = container.image ?? '';
    const name = withDefaultTag(requested);
    if (!name) {
      const message = `Failed to apply default image tag "${requested}": couldn't parse image name "${requested}": invalid reference format`;
      event('Warning', 'InspectFailed', message);
      return { ok: false, reason: 'InvalidImageName', message };
    }
    const policy = container.imagePullPolicy ?? (name.endsWith(':latest') ? 'Always' : 'IfNotPresent');
    if (policy !== 'Always') {
      const present = await inspect(name);
      if (present) {
        event(
          'Normal',
          'Pulled',
          `Container image "${requested}" already present on machine and can be accessed by the pod`,
        );
        return present;
      }
      if (policy === 'Never') {
        const message = `Container image "${requested}" is not present with pull policy of Never`;
        event('Warning', 'ErrImageNeverPull', message);
        return { ok: false, reason: 'ErrImageNeverPull', message };
      }
    }
    const failures = failed.get(pod.metadata.uid);
    const before = failures?.get(name);
    if (before && clock.now() < before.until) {
      event('Normal', 'BackOff', `Back-off pulling image "${requested}"`);
      return {
        ok: false,
        reason: 'ImagePullBackOff',
        message: `Back-off pulling image "${requested}": ${before.message}`,
        until: before.until,
      };
    }
    return pull(() => pullNow(options, name, before));
  }

  async function pullNow(
    options: EnsureImageOptions,
    name: string,
    before: FailedPull | undefined,
  ): Promise<PullResult> {
    const { pod, container, secrets, event } = options;
    const requested = container.image ?? '';
    event('Normal', 'Pulling', `Pulling image "${requested}"`);
    const startedAt = clock.now();
    let failure: unknown;
    for (const auth of orNone(pullCredentials(name, secrets))) {
      try {
        const ref = await runtime.pullImage(name, auth);
        failed.get(pod.metadata.uid)?.delete(name);
        const found = await inspect(ref);
        if (!found) throw new Error(`image "${name}" is not there after it was pulled`);
        const took = formatElapsed(clock.now() - startedAt);
        event(
          'Normal',
          'Pulled',
          `Successfully pulled image "${requested}" in ${took} (${took} including waiting). Image size: ${found.image.size ?? 0} bytes.`,
        );
        return found;
      } catch (error) {
        failure = error;
      }
    }
    const message = errorMessage(failure);
    event('Warning', 'Failed', `Failed to pull image "${requested}": ${message}`);
    const delayMs = before ? Math.min(maxDelayMs, before.delayMs * 2) : initialDelayMs;
    const until = clock.now() + delayMs;
    const reason = message.startsWith('RegistryUnavailable') ? 'RegistryUnavailable' : 'ErrImagePull';
    let failures = failed.get(pod.metadata.uid);
    if (!failures) failed.set(pod.metadata.uid, (failures = new Map()));
    failures.set(name, { delayMs, until, message: `${reason}: ${message}` });
    // Looked at before the wait is over, the container shows that it backs off.
    return { ok: false, reason, message, until: clock.now() + delayMs / 2 };
  }

  async function inspect(name: string): Promise<(PullResult & { ok: true }) | undefined> {
    const image = await runtime.imageStatus(name);
    return image && { ok: true, imageRef: image.id ?? name, image };
  }

  return { ensure, forget: (podUid) => void failed.delete(podUid) };
}

function orNone<T>(list: readonly T[]): readonly (T | undefined)[] {
  return list.length > 0 ? list : [undefined];
}

/** As Go prints a duration cut to milliseconds: `312ms`, `2.504s`. */
function formatElapsed(ms: Ms): string {
  return ms < 1000 ? `${ms}ms` : `${ms / 1000}s`;
}

/** Runs at most `limit` at a time, in the order in which they came. */
function limited(limit: number): <T>(run: () => Promise<T>) => Promise<T> {
  let free = limit;
  const waiting: (() => void)[] = [];
  return async (run) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

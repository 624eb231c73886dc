// Frees disk by removing images that no container uses, those longest unused first.
import type { Image } from '@kubets/api/generated/cri.ts';
import { type Clock, type Component, errorMessage, type Logger, type Ms } from '@kubets/base';
import type { FsUsage } from '../host/host.ts';
import type { ContainerRuntime } from '../runtime/runtime.ts';

export interface ImageGc extends Component {
  /** Removes what it can of all unused images, whatever the disk. Returns the bytes freed. */
  freeAll(): Promise<number>;
}

export interface ImageGcOptions {
  runtime: ContainerRuntime;
  clock: Clock;
  log: Logger;
  /** Of the file system with the images; undefined where nobody can tell: then nothing is removed. */
  usage(): Promise<FsUsage | undefined>;
  highThresholdPercent?: number;
  lowThresholdPercent?: number;
  minimumAgeMs?: Ms;
  /** Names that stay; a trailing `*` stands for any end. */
  pinned?: readonly string[];
}

interface Seen {
  firstSeenAt: Ms;
  lastUsedAt: Ms;
}

const intervalMs = 300_000;

export function createImageGc(options: ImageGcOptions): ImageGc {
  const { runtime, clock, log, highThresholdPercent = 85, lowThresholdPercent = 80 } = options;
  const { minimumAgeMs = 120_000 } = options;
  /** By image id; those that have gone are dropped at each look. */
  const seen = new Map<string, Seen>();

  /** Images that nothing uses, those longest unused first. */
  async function unused(): Promise<Image[]> {
    const now = clock.now();
    const [images, containers] = await Promise.all([runtime.listImages(), runtime.listContainers()]);
    const used = new Set(containers.flatMap(({ image, imageRef }) => [image?.image, imageRef]));
    for (const image of images) {
      const entry = seen.get(image.id!) ?? { firstSeenAt: now, lastUsedAt: 0 };
      if (namesOf(image).some((name) => used.has(name))) entry.lastUsedAt = now;
      seen.set(image.id!, entry);
    }
    const present = new Set(images.map(({ id }) => id));
    for (const id of seen.keys()) if (!present.has(id)) seen.delete(id);
    return images
      .filter((image) => !image.pinned && !isPinned(image) && seen.get(image.id!)!.lastUsedAt < now)
      .filter((image) => now - seen.get(image.id!)!.firstSeenAt >= minimumAgeMs)
      .sort((a, b) => seen.get(a.id!)!.lastUsedAt - seen.get(b.id!)!.lastUsedAt);
  }

  function isPinned(image: Image): boolean {
    return (options.pinned ?? []).some((pattern) =>
      namesOf(image).some((name) =>
        pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
      ),
    );
  }

  async function free(bytesWanted: number): Promise<number> {
    let freed = 0;
    for (const image of await unused()) {
      if (freed >= bytesWanted) break;
      try {
        await runtime.removeImage(image.id!);
        freed += image.size ?? 0;
        log.info('unused image removed', { image: image.repoTags?.[0] ?? image.id });
      } catch (error) {
        log.warn('image not removed', { image: image.id, reason: errorMessage(error) });
      }
    }
    return freed;
  }

  async function look(): Promise<void> {
    const usage = await options.usage();
    // Looked at in any case: age counts from when an image was first seen.
    if (!usage || usage.capacityBytes === 0) return void (await unused());
    const usedPercent = 100 - Math.floor((usage.availableBytes * 100) / usage.capacityBytes);
    if (highThresholdPercent >= 100 || usedPercent < highThresholdPercent) return void (await unused());
    const wanted = (usage.capacityBytes * (100 - lowThresholdPercent)) / 100 - usage.availableBytes;
    const freed = await free(wanted);
    if (freed < wanted) log.warn('disk stays too full', { wantedBytes: wanted, freedBytes: freed });
  }

  return {
    name: 'imageGc',
    freeAll: () => free(Number.POSITIVE_INFINITY),
    async run(signal) {
      while (!signal.aborted) {
        await clock.sleep(intervalMs, signal).catch(() => {});
        if (!signal.aborted)
          await look().catch((error) => log.warn('images not looked at', { reason: errorMessage(error) }));
      }
    },
  };
}

function namesOf({ id, repoTags = [], repoDigests = [] }: Image): string[] {
  return [id!, ...repoTags, ...repoDigests];
}

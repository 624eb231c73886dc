import type { Image } from '@kubets/api/generated/cri.ts';
import type { ContainerRuntime } from '../runtime.ts';
import { RuntimeError } from '../runtime_error.ts';
import type { FakeRuntimeOptions } from './fake_runtime.ts';

type ImageCalls = Pick<
  ContainerRuntime,
  'listImages' | 'imageStatus' | 'pullImage' | 'removeImage' | 'imageFsInfo'
>;

const imageBytes = 5_000_000;
/** Images that were used are remembered, so that nodes can list them; as many as a node reports. */
const remembered = 50;

export function fakeImages(
  options: FakeRuntimeOptions & { check(call: keyof ContainerRuntime): void },
): ImageCalls {
  const { clock, missing = () => false, pullLatencyMs = 0, check } = options;
  const used = new Map<string, Image>();

  function use(name: string): Image {
    const image = used.get(name) ?? { id: name, repoTags: [name], repoDigests: [], size: imageBytes };
    used.set(name, image);
    if (used.size > remembered) used.delete(used.keys().next().value!);
    return image;
  }

  return {
    async listImages() {
      check('listImages');
      return [...used.values()];
    },
    async imageStatus(name) {
      check('imageStatus');
      return missing(name) ? undefined : use(name);
    },
    async pullImage(name) {
      check('pullImage');
      if (pullLatencyMs > 0) await clock.sleep(pullLatencyMs);
      if (missing(name))
        throw new RuntimeError(
          'NotFound',
          `rpc error: code = NotFound desc = failed to pull and unpack image "${name}": failed to resolve reference "${name}": ${name}: not found`,
        );
      return use(name).id!;
    },
    async removeImage(name) {
      check('removeImage');
      used.delete(name);
    },
    async imageFsInfo() {
      check('imageFsInfo');
      const usedBytes = { value: used.size * imageBytes };
      return [
        { timestamp: clock.now() * 1e6, fsId: { mountpoint: '/' }, usedBytes, inodesUsed: { value: 0 } },
      ];
    },
  };
}

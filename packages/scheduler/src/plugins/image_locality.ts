import type { NodeInfo } from '../state/node_info.ts';
import { type SchedulerPlugin, scoreMax } from './plugin.ts';

const mebibyte = 1024 * 1024;
/** Bytes below which images that are there count for nothing, and above which more make no difference. */
const sumMin = 23 * mebibyte;
const sumMaxPerContainer = 1000 * mebibyte;

/** Better are nodes that have the pod's images: large ones more so, rare ones less, lest one node draws all. */
export const imageLocality: SchedulerPlugin = {
  name: 'ImageLocality',
  weight: 1,
  score({ pod }, { snapshot }) {
    const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
    const images = containers.flatMap(({ image }) => (image ? [normalized(image)] : []));
    for (const volume of pod.spec.volumes ?? [])
      if (volume.image?.reference) images.push(normalized(volume.image.reference));
    const present = images.filter((image) => snapshot.imageNodes(image) > 0);
    if (present.length === 0) return undefined;
    const sumMax = sumMaxPerContainer * containers.length;
    const spread = present.map((image) => snapshot.imageNodes(image) / snapshot.nodes.length);
    return {
      rate: (node: NodeInfo) => {
        let sum = 0;
        for (let i = 0; i < present.length; i++)
          sum += Math.trunc((node.images.get(present[i]!) ?? 0) * spread[i]!);
        const bounded = Math.min(sumMax, Math.max(sumMin, sum));
        return Math.floor((scoreMax * (bounded - sumMin)) / (sumMax - sumMin));
      },
    };
  },
};

/** Nodes list their images with a tag. */
function normalized(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}

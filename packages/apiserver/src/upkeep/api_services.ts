import { isAlreadyExists } from '@kubets/api';
import { ownRequest } from './own_request.ts';
import type { Task, UpkeepContext } from './upkeep.ts';

const group = 'apiregistration.k8s.io';
const collection = `/apis/${group}/v1/apiservices`;

/** Each built-in group version has an APIService that says it is served right here; who deletes one has it gone. */
export function apiServices({ handle, server }: UpkeepContext): Task {
  let done = false;
  return {
    name: 'APIServices',
    everyMs: 3_600_000,
    async run() {
      if (done || !server.routes.find(group, 'v1', 'apiservices')) return;
      const absent = [...server.routes.versions()].filter(
        (each) =>
          groupPriorities[each.group] !== undefined &&
          !server.reader.get(group, 'apiservices', undefined, nameOf(each)),
      );
      await Promise.all(absent.map((each) => create(each)));
      done = true;
    },
  };

  async function create(served: Served): Promise<void> {
    const [groupPriorityMinimum, versionPriority] = priorityOf(served);
    const body = {
      apiVersion: `${group}/v1`,
      kind: 'APIService',
      metadata: {
        name: nameOf(served),
        labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' },
      },
      spec: {
        ...(served.group && { group: served.group }),
        version: served.version,
        groupPriorityMinimum,
        versionPriority,
      },
    };
    await ownRequest(handle, { method: 'POST', path: collection, body }).catch((error) => {
      // Another server was faster.
      if (!isAlreadyExists(error)) throw error;
    });
  }
}

interface Served {
  group: string;
  version: string;
}

function nameOf({ group: of, version }: Served): string {
  return `${version}.${of}`;
}

/** Of groups, and of their versions: which one clients are offered first (upstream's aggregator). */
const groupPriorities: Readonly<Record<string, number>> = {
  '': 18_000,
  apps: 17_800,
  'events.k8s.io': 17_750,
  'authentication.k8s.io': 17_700,
  'authorization.k8s.io': 17_600,
  autoscaling: 17_500,
  batch: 17_400,
  'certificates.k8s.io': 17_300,
  'networking.k8s.io': 17_200,
  policy: 17_100,
  'rbac.authorization.k8s.io': 17_000,
  'storage.k8s.io': 16_800,
  'admissionregistration.k8s.io': 16_700,
  'apiextensions.k8s.io': 16_700,
  'scheduling.k8s.io': 16_600,
  'coordination.k8s.io': 16_500,
  'node.k8s.io': 16_300,
  'discovery.k8s.io': 16_200,
  'resource.k8s.io': 16_200,
  'flowcontrol.apiserver.k8s.io': 16_100,
  'internal.apiserver.k8s.io': 16_000,
  'storagemigration.k8s.io': 15_800,
};

const versionPriorities: Readonly<Record<string, number>> = {
  '/v1': 1,
  'autoscaling/v2': 30,
  'resource.k8s.io/v1': 21,
  'resource.k8s.io/v1beta2': 15,
  'resource.k8s.io/v1alpha3': 1,
  'flowcontrol.apiserver.k8s.io/v1': 21,
  'admissionregistration.k8s.io/v1beta1': 12,
  'admissionregistration.k8s.io/v1alpha1': 9,
  'coordination.k8s.io/v1beta1': 13,
  'coordination.k8s.io/v1alpha2': 12,
  'internal.apiserver.k8s.io/v1alpha1': 9,
  'scheduling.k8s.io/v1alpha2': 2,
};

function priorityOf({ group: of, version }: Served): [group: number, version: number] {
  const usual = version.includes('alpha') ? 1 : version.includes('beta') ? 9 : 15;
  return [groupPriorities[of]!, versionPriorities[`${of}/${version}`] ?? usual];
}

import { isNotFound, type KubeObject, objectKey } from '@kubets/api';
import { refs } from '@kubets/client';
import { countedType, quotaUsage } from '@kubets/resources';
import type { Controller, ControllerContext, ControllerDefinition } from '../runtime/controller.ts';
import { semanticEqual } from '../runtime/equal.ts';
import { byNamespace } from '../runtime/indexes.ts';
import type { Enqueue } from '../runtime/watch.ts';
import { watch } from '../runtime/watch.ts';
import { CountedTypes } from './counted_types.ts';

/** Deletions of many objects are counted together. */
const gatherMs = 100;

export const resourceQuotaController: ControllerDefinition = {
  name: 'resourcequota-controller',
  create: (context) => [resourceQuotas(context)],
};

/** Counts what each quota's namespace uses. Admission adds to the count; this takes away what has gone. */
function resourceQuotas(context: ControllerContext): Controller {
  const { client, caches, clock, config } = context;
  const quotas = caches.of(refs.resourceQuotas);
  const quotasIn = caches.lookup(refs.resourceQuotas, byNamespace);
  let enqueue: Enqueue = () => {};
  const counted = new CountedTypes(context, (type, namespace) => {
    for (const quota of quotasIn(namespace)) {
      if (typesOf(quota).has(type)) enqueue(objectKey(quota), gatherMs);
    }
  });

  return {
    name: 'resourcequota',
    watches: [
      {
        start(add, signal) {
          enqueue = add;
          counted.startUntil(signal);
        },
      },
      watch(quotas, (quota, old) => {
        if (!quota) {
          const all = [...quotas.list()].flatMap((other) => [...typesOf(other)]);
          counted.keepOnly(new Set(all));
          return [];
        }
        return old &&
          semanticEqual(old.spec, quota.spec) &&
          semanticEqual(quota.spec?.hard, quota.status?.hard)
          ? []
          : [objectKey(quota)];
      }),
    ],
    async reconcile(key) {
      const quota = quotas.get(key);
      if (!quota) return;
      const objects = new Map<string, readonly KubeObject[]>();
      let againAfterMs = config.resourceQuotaSyncPeriodMs;
      for (const type of typesOf(quota)) {
        const found = await counted.objects(type, quota.metadata.namespace!);
        if (found) objects.set(type, found);
        // A type that nobody serves yet may be defined later.
        else againAfterMs = Math.min(againAfterMs, config.discoveryPeriodMs);
      }
      const hard = quota.spec?.hard ?? {};
      const used = quotaUsage(quota, objects, clock.now());
      if (!semanticEqual(quota.status?.hard, hard) || !semanticEqual(quota.status?.used, used)) {
        try {
          await client.updateStatus(refs.resourceQuotas, { ...quota, status: { hard, used } });
        } catch (error) {
          if (!isNotFound(error)) throw error;
        }
      }
      return { againAfterMs };
    },
  };
}

function typesOf(quota: { spec?: { hard?: Record<string, string> } }): Set<string> {
  return new Set(Object.keys(quota.spec?.hard ?? {}).map(countedType));
}

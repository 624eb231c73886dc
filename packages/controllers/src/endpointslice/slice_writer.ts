// Carries out a plan of slices, and knows which of its own writes the local copy does not show yet.
import {
  type DiscoveryV1EndpointPort,
  type Endpoint,
  type EndpointSlice,
  isNotFound,
  type KubeObject,
  type New,
} from '@kubets/api';
import type { Clock } from '@kubets/base';
import { type Client, type ResourceRef, refs } from '@kubets/client';
import { Expectations } from '../runtime/expectations.ts';
import { controllerReference } from '../runtime/owner.ts';
import type { SlicesPlan } from './plan_slices.ts';

export class SliceWriter {
  readonly #client: Client;
  readonly #expectations: Expectations;

  constructor({ client, clock }: { client: Client; clock: Clock }) {
    this.#client = client;
    this.#expectations = new Expectations(clock);
  }

  /** False while the local copy lags behind: what is missing there would be made twice. */
  upToDate(ownerKey: string): boolean {
    return this.#expectations.met(ownerKey);
  }

  observe(ownerKey: string, slice: EndpointSlice | undefined, old: EndpointSlice | undefined): void {
    if (slice && !old) this.#expectations.createSeen(ownerKey);
    if (!slice) this.#expectations.deleteSeen(ownerKey, old!.metadata.uid);
  }

  forget(ownerKey: string): void {
    this.#expectations.forget(ownerKey);
  }

  async carryOut(options: {
    key: string;
    owner: KubeObject;
    ownerRef: ResourceRef;
    labels: Record<string, string>;
    plan: SlicesPlan;
    annotations: (endpoints: readonly Endpoint[], slice: EndpointSlice | undefined) => Record<string, string>;
  }): Promise<void> {
    const { key, owner, plan } = options;
    for (const { slice, endpoints } of plan.update) {
      const metadata = {
        ...slice.metadata,
        labels: options.labels,
        annotations: options.annotations(endpoints, slice),
      };
      await this.#client.update(refs.endpointSlices, { ...slice, metadata, endpoints: [...endpoints] });
    }
    for (const { addressType, ports, endpoints } of plan.create) {
      const annotations = options.annotations(endpoints, undefined);
      await this.#create(key, {
        metadata: {
          generateName: `${owner.metadata.name}-`,
          namespace: owner.metadata.namespace,
          labels: options.labels,
          annotations,
          ownerReferences: [controllerReference(owner, options.ownerRef)],
        },
        addressType,
        ports: ports as DiscoveryV1EndpointPort[],
        endpoints: [...endpoints],
      });
    }
    for (const slice of plan.remove) await this.#remove(key, slice);
  }

  async #create(key: string, slice: New<EndpointSlice>) {
    this.#expectations.expectCreates(key, 1);
    try {
      await this.#client.create(refs.endpointSlices, slice);
    } catch (error) {
      this.#expectations.createSeen(key);
      throw error;
    }
  }

  async #remove(key: string, slice: EndpointSlice) {
    const { name, namespace, uid } = slice.metadata;
    this.#expectations.expectDeletes(key, [uid]);
    try {
      await this.#client.delete(refs.endpointSlices, name, namespace, { uid });
    } catch (error) {
      this.#expectations.deleteSeen(key, uid);
      if (!isNotFound(error)) throw error;
    }
  }
}

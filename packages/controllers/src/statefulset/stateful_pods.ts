// The writes of a StatefulSet: its pods and their claims, each told of by an event.
import {
  isAlreadyExists,
  isNotFound,
  type New,
  type PersistentVolumeClaim,
  type Pod,
  type StatefulSet,
} from '@kubets/api';
import { errorMessage } from '@kubets/base';
import { type Client, type EventRecorder, type Informer, refs } from '@kubets/client';
import { isStaleClaim, planClaimOwners } from './claim_owners.ts';
import { claimsOf, repairedIdentity } from './identity.ts';

type PodVerb = 'Create' | 'Update' | 'Delete';

export class StatefulPods {
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #claims: Informer<PersistentVolumeClaim>;

  constructor(options: { client: Client; recorder: EventRecorder; claims: Informer<PersistentVolumeClaim> }) {
    this.#client = options.client;
    this.#recorder = options.recorder;
    this.#claims = options.claims;
  }

  /** Claims first: a pod must never start without its data. */
  async create(set: StatefulSet, pod: New<Pod>, ordinal: number): Promise<void> {
    const name = pod.metadata.name!;
    if (this.#claimsOf(set, ordinal).some((claim) => isStaleClaim(claim, set, name))) return;
    await this.#tell('Create', set, name, async () => {
      await this.#createClaims(set, name, ordinal);
      const created = await this.#client.create(refs.pods, pod);
      await this.#fixClaimOwners(set, created, ordinal);
    });
  }

  /** Sees to the claims of a pod that is there, and to what it must be called. */
  async check(set: StatefulSet, pod: Pod, ordinal: number): Promise<void> {
    if (pod.status?.phase === 'Pending') await this.#createClaims(set, pod.metadata.name, ordinal);
    await this.#fixClaimOwners(set, pod, ordinal);
    const repaired = repairedIdentity(pod, set, ordinal);
    if (!repaired || pod.metadata.deletionTimestamp) return;
    await this.#tell('Update', set, pod.metadata.name, async () => {
      await this.#createClaims(set, pod.metadata.name, ordinal);
      await this.#client.update(refs.pods, repaired);
    });
  }

  async delete(set: StatefulSet, pod: Pod): Promise<void> {
    const { name, namespace, uid } = pod.metadata;
    await this.#tell('Delete', set, name, async () => {
      await this.#client.delete(refs.pods, name, namespace, { uid }).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
    });
  }

  #claimsOf(set: StatefulSet, ordinal: number): PersistentVolumeClaim[] {
    return claimsOf(set, ordinal).flatMap(({ metadata }) => {
      const claim = this.#claims.get(`${metadata.namespace}/${metadata.name}`);
      return claim ? [claim] : [];
    });
  }

  async #createClaims(set: StatefulSet, podName: string, ordinal: number): Promise<void> {
    for (const claim of claimsOf(set, ordinal)) {
      const { name, namespace } = claim.metadata;
      const existing = this.#claims.get(`${namespace}/${name}`);
      if (existing?.metadata.deletionTimestamp) throw new Error(`pvc ${name} is being deleted`);
      if (existing) continue;
      const about = `Claim ${name}`;
      try {
        await this.#client.create(refs.persistentVolumeClaims, claim);
      } catch (error) {
        if (isAlreadyExists(error)) continue;
        const message = `Create ${about} for Pod ${podName} in StatefulSet ${set.metadata.name} failed error: ${errorMessage(error)}`;
        this.#recorder.event(set, 'Warning', 'FailedCreate', message);
        throw error;
      }
      const message = `Create ${about} Pod ${podName} in StatefulSet ${set.metadata.name} success`;
      this.#recorder.event(set, 'Normal', 'SuccessfulCreate', message);
    }
  }

  async #fixClaimOwners(set: StatefulSet, pod: Pod, ordinal: number): Promise<void> {
    for (const claim of this.#claimsOf(set, ordinal)) {
      const plan = planClaimOwners(claim, set, pod);
      if (!plan) continue;
      const { name, namespace, uid, resourceVersion } = claim.metadata;
      if (plan.conflict) {
        const message = `PersistentVolumeClaim ${name} has a conflicting OwnerReference that acts as a managing controller, the retention policy is ignored for this claim`;
        this.#recorder.event(set, 'Warning', 'ConflictingController', message);
      }
      await this.#client.patch(refs.persistentVolumeClaims, name, namespace, 'merge', {
        metadata: { uid, resourceVersion, ownerReferences: plan.owners },
      });
    }
  }

  async #tell(verb: PodVerb, set: StatefulSet, podName: string, act: () => Promise<void>): Promise<void> {
    const about = `${verb} Pod ${podName} in StatefulSet ${set.metadata.name}`;
    try {
      await act();
    } catch (error) {
      // The local copy was old: the pod is there already.
      if (verb === 'Create' && isAlreadyExists(error)) return;
      this.#recorder.event(set, 'Warning', `Failed${verb}`, `${about} failed error: ${errorMessage(error)}`);
      throw error;
    }
    this.#recorder.event(set, 'Normal', `Successful${verb}`, `${about} successful`);
  }
}

import { isNotFound, type KubeObject, type New, type Pod } from '@kubets/api';
import { errorMessage } from '@kubets/base';
import { type Client, type EventRecorder, refs } from '@kubets/client';
import { isNamespaceTerminating } from './run_controller.ts';

/** Creates and deletes the pods of workloads, and tells about it by events on the workload. */
export class PodActions {
  readonly #client: Client;
  readonly #recorder: EventRecorder;

  constructor({ client, recorder }: { client: Client; recorder: EventRecorder }) {
    this.#client = client;
    this.#recorder = recorder;
  }

  async create(pod: New<Pod>, owner: KubeObject): Promise<Pod> {
    try {
      const created = await this.#client.create(refs.pods, pod);
      this.#recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name}`);
      return created;
    } catch (error) {
      if (!isNamespaceTerminating(error)) {
        this.#recorder.event(owner, 'Warning', 'FailedCreate', `Error creating: ${errorMessage(error)}`);
      }
      throw error;
    }
  }

  /** False when it was gone already. */
  async delete(pod: Pod, owner: KubeObject): Promise<boolean> {
    const { name, namespace, uid } = pod.metadata;
    try {
      await this.#client.delete(refs.pods, name, namespace, { uid });
    } catch (error) {
      if (isNotFound(error)) return false;
      this.#recorder.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${errorMessage(error)}`);
      throw error;
    }
    this.#recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    return true;
  }
}

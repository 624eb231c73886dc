// A connection to one server of etcd that is there again soon after its link is.
import * as grpc from '@grpc/grpc-js';
import type { Ms } from '@kubets/base';

/**
 * TCP repeats what is not answered after ever longer times: 1, 2, 4, 8, 16 s for the first packet of a connection. A
 * link that is back after 20 s would be found out 10 s later. A connection that is made anew knows at once.
 */
const connectMs: Ms = 3_000;

export class EtcdConnection {
  readonly #make: () => grpc.Client;
  #client: grpc.Client;
  #connecting: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(make: () => grpc.Client) {
    this.#make = make;
    this.#client = make();
  }

  /** For one call. One that waits for the connection fails as UNAVAILABLE when that doesn't come in time. */
  get client(): grpc.Client {
    const client = this.#client;
    if (!this.#connecting && !this.#closed && !isReady(client)) {
      this.#connecting = setTimeout(() => {
        this.#connecting = undefined;
        if (!isReady(client)) this.distrust(client);
      }, connectMs);
      this.#connecting.unref();
    }
    return client;
  }

  /** `client` has not answered in time. Calls that come get a new connection; those under way keep theirs. */
  distrust(client: grpc.Client): void {
    if (client !== this.#client || this.#closed) return;
    this.#forgetTimer();
    this.#client = this.#make();
    client.close();
  }

  close(): void {
    this.#closed = true;
    this.#forgetTimer();
    this.#client.close();
  }

  #forgetTimer(): void {
    clearTimeout(this.#connecting);
    this.#connecting = undefined;
  }
}

function isReady(client: grpc.Client): boolean {
  return client.getChannel().getConnectivityState(false) === grpc.connectivityState.READY;
}

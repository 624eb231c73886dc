import { type Transport, TransportError, type TransportRequest } from '@kubets/client';

/** What happens to a request: it does not arrive, or it does and its answer is lost. */
export type Faults = (request: TransportRequest) => 'lostRequest' | 'lostAnswer' | undefined;

/** A way to the server on which requests and answers get lost; watches do not. */
export function faultyTransport(transport: Transport, faults: Faults): Transport {
  return {
    watch: (request) => transport.watch(request),
    async request(request) {
      const fault = faults(request);
      if (fault === 'lostRequest') throw new TransportError('ECONNREFUSED', 'connection refused');
      const answer = await transport.request(request);
      if (fault === 'lostAnswer') throw new TransportError('ECONNRESET', 'connection reset');
      return answer;
    },
  };
}

/** Counts requests, so that a test can tell when there are none. */
export class Traffic implements Transport {
  inFlight = 0;
  asked = 0;
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  watch(request: TransportRequest) {
    return this.#transport.watch(request);
  }

  async request(request: TransportRequest): Promise<unknown> {
    this.inFlight++;
    this.asked++;
    try {
      return await this.#transport.request(request);
    } finally {
      this.inFlight--;
    }
  }
}

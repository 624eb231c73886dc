// The API server is a function from ApiRequest to ApiResult. No socket in sight.
import type { KubeObject, ListMeta, Status, UserInfo } from '@kubets/api';
import type { Column } from '@kubets/resources';

export interface ApiRequest {
  readonly method: string;
  /** Path as on the wire (percent-encoded), without the query: `/api/v1/namespaces/default/pods`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The query as on the wire, where the transport has it. */
  readonly queryText?: string;
  /** Lower-case names; repeated headers joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Bytes as received (their form in `content-type`), or an object from an in-process caller, which gives it
   * away and must not change it later. For a patch from in-process: the patch, with `content-type` set.
   */
  readonly body: Uint8Array | object | undefined;
  /** Who asks, where the transport knows: a verified client certificate, or an in-process component. */
  readonly user?: UserInfo;
  /** The transport was shown a client certificate that does not verify: refused unless something else says who asks. */
  readonly rejectedCertificate?: boolean;
  /** `127.0.0.1`, or empty from in-process. */
  readonly remoteAddress: string;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
  /** Set on the way in: is told the bytes of the answer, and of each event of a watch. */
  observer?: AnswerObserver;
  /** Set on the way in: what the answer's headers say of priority and fairness. */
  flow?: { schema: FlowObject; level: { object: FlowObject } };
}

interface FlowObject {
  metadata: { uid?: string };
}

export interface AnswerObserver {
  sized(bytes: number): void;
  event?(bytes: number): void;
}

/** One revision of one object, with its bytes kept: the unit of caches, lists and watches. */
export interface Stored<T extends KubeObject = KubeObject> {
  /** `/registry/...` */
  readonly key: string;
  readonly revision: number;
  /** Canonical JSON of the stored version, `metadata.resourceVersion` included. */
  readonly json: Uint8Array;
  /** The same as an object, parsed once on first use; immutable. */
  readonly object: T;
}

export interface KeptBodies {
  /** The items in some form, made once. */
  body(form: string, make: () => Uint8Array): Uint8Array;
  /** A body of theirs packed, once for all who ask. */
  packed(body: Uint8Array, pack: (body: Uint8Array) => Promise<Uint8Array>): Promise<Uint8Array>;
}

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

export interface ServerWatchEvent<T extends KubeObject = KubeObject> {
  readonly type: WatchEventType;
  readonly stored?: Stored<T>;
  /** For BOOKMARK (an object with only kind and metadata) and ERROR (a Status). */
  readonly object?: object;
}

/** Events in batches, for one reader. */
export interface WatchEvents extends AsyncIterable<readonly ServerWatchEvent[]> {
  /** Instead of iterating, where it is offered: no promise stands between a change and who is to be told. */
  tap?(wake: () => void): EventTap;
}

/** Events wait in it until they are taken; it has called `wake` when there are some, or the end has come. */
export interface EventTap {
  /** Undefined when there are none now. */
  take(): readonly ServerWatchEvent[] | undefined;
  /** Nothing will come after what `take` gave. */
  readonly isEnded: boolean;
  /** The reader has gone. */
  close(): void;
}

export type ApiResult =
  /** One object: of the store (`stored`) or made for the answer. */
  | {
      type: 'object';
      status: number;
      object: object;
      stored?: Stored;
      headers?: Record<string, string>;
      warnings?: readonly string[];
      /** For the Table form of the answer. */
      columns?: readonly Column<any>[];
    }
  /** A list; items are joined by the encoder. */
  | {
      type: 'list';
      status: 200;
      apiVersion: string;
      /** Of the list, e.g. `PodList`. */
      kind: string;
      metadata: ListMeta;
      items: readonly Stored[];
      /** Bytes at the start of each item's JSON, brace included, that say its type and that a list need not repeat. */
      itemTypeLength: number;
      /** Keeps what is made of the items for others who get the same ones. */
      kept?: KeptBodies;
      columns?: readonly Column<any>[];
      warnings?: readonly string[];
    }
  /** Events as they come, in batches; ends when the request's signal aborts or the timeout passes. */
  | {
      type: 'watch';
      status: 200;
      apiVersion: string;
      /** Of the objects, e.g. `Pod`. */
      kind: string;
      events: WatchEvents;
      columns?: readonly Column<any>[];
    }
  /** Bytes of another form: `/healthz`, `/metrics`, OpenAPI, pod logs. */
  | {
      type: 'raw';
      status: number;
      contentType: string;
      body: Uint8Array | string | AsyncIterable<Uint8Array>;
      headers?: Record<string, string>;
    }
  /** A request that goes on elsewhere (exec, attach, port-forward, proxy): the HTTP adapter dials and joins the streams. */
  | { type: 'proxy'; target: ProxyTarget };

export interface ProxyTarget {
  /** Absolute URL of the far end, e.g. the kubelet's `https://10.0.0.5:10250/exec/...`. */
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** `kubelet`: with the server's client certificate for kubelets; `plain`: pods, services. */
  readonly as: 'kubelet' | 'plain';
  /** `exec`/`attach`: remotecommand channels; `portforward`: SPDY tunnel; `http`: plain or upgraded HTTP. */
  readonly protocol: 'exec' | 'attach' | 'portforward' | 'http';
}

/**
 * The whole API server. Never rejects: a refusal is an `object` result with its code (400 and more) as `status`
 * and a Kubernetes Status as `object`.
 */
export type Handler = (request: ApiRequest) => Promise<ApiResult>;

export type { Status };

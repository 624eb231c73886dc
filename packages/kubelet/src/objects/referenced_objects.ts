import type { ConfigMap, Secret } from '@kubets/api';

/**
 * ConfigMaps and Secrets that pods of this node name. They are kept current only while a pod that names them is
 * here: the node's authorizer lets a kubelet read no others.
 */
export interface ReferencedObjects {
  /** Rejects with ApiError NotFound when there is none. */
  configMap(namespace: string, name: string): Promise<ConfigMap>;
  secret(namespace: string, name: string): Promise<Secret>;
  /** Follows what the pod names until `release`; `changed` is called when one of them changes. */
  follow(podUid: string, references: readonly ObjectName[], changed: () => void): void;
  release(podUid: string): void;
}

export interface ObjectName {
  kind: 'ConfigMap' | 'Secret';
  namespace: string;
  name: string;
}

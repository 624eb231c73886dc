// An operation, and the media types that most of them take and give.
import type { Parameter } from './parameters.ts';

export interface Operation {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete' | 'options' | 'head';
  operationId: string;
  tag: string;
  description: string;
  /** `x-kubernetes-action`; absent for what is no resource. */
  action?: string;
  gvk?: { group: string; version: string; kind: string };
  parameters: readonly Parameter[];
  /** Types, e.g. `core.v1.Pod`. */
  body?: string;
  bodyRequired?: boolean;
  consumes?: readonly string[];
  produces: readonly string[];
  /** A type, or `string`. */
  answer: string | undefined;
  codes: readonly number[];
}

export interface PathItem {
  path: string;
  operations: Operation[];
}

export const objectForms = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
export const anyForm = ['*/*'];

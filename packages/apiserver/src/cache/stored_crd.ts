// CustomResourceDefinitions as kube-apiserver stores them to this day: apiextensions.k8s.io/v1beta1.
import type { KubeObject } from '@kubets/api';

/** What v1beta1 says once for all versions, each version of v1 says for itself. */
const ofEachVersion = ['subresources', 'additionalPrinterColumns', 'selectableFields'] as const;

export function customResourceDefinitionOfBeta(beta: KubeObject): KubeObject {
  const { spec, ...rest } = beta as any;
  const { version, versions, validation, conversion, preserveUnknownFields = true, ...shared } = spec;
  for (const field of ofEachVersion) delete shared[field];
  const listed: any[] = versions?.length ? versions : [{ name: version, served: true, storage: true }];
  return {
    ...rest,
    apiVersion: 'apiextensions.k8s.io/v1',
    spec: {
      ...shared,
      versions: listed.map((each) => versionOf(each, spec)),
      ...(conversion && { conversion: conversionOf(conversion) }),
      ...(preserveUnknownFields && { preserveUnknownFields }),
    },
  };
}

function versionOf(each: any, spec: any): any {
  const own = { ...each };
  own.schema ??= spec.validation;
  for (const field of ofEachVersion) own[field] ??= spec[field];
  own.additionalPrinterColumns = own.additionalPrinterColumns?.map(
    ({ JSONPath: jsonPath, ...column }: any) => ({
      ...column,
      jsonPath,
    }),
  );
  for (const field of Object.keys(own)) if (own[field] === undefined) delete own[field];
  return own;
}

function conversionOf({ strategy, webhookClientConfig, conversionReviewVersions }: any): any {
  if (!webhookClientConfig && !conversionReviewVersions) return { strategy };
  return {
    strategy,
    webhook: {
      ...(webhookClientConfig && { clientConfig: webhookClientConfig }),
      conversionReviewVersions: conversionReviewVersions ?? [],
    },
  };
}

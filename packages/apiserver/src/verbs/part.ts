// Subresources that show a part of the object: status and the like in the object's own kind, scale in another.
import {
  applyJsonPatch,
  applyMergePatch,
  badRequest,
  decodeJson,
  typeOfKind,
  unsupportedMediaType,
} from '@kubets/api';
import type { Subresource } from '@kubets/resources';
import type { Call, Endpoint } from '../call.ts';
import { decodeBody, mediaTypeOf } from '../decode/body.ts';

import { copyJson } from '../decode/copy_json.ts';
import { writeOptions } from '../decode/write_options.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { objectAnswer } from './answer.ts';
import { changeObject } from './change.ts';
import { getEndpoint, getStored } from './get.ts';
import { patchEndpoint, patchMediaTypes } from './patch.ts';
import { updateEndpoint } from './update.ts';

export function partEndpoints(
  server: ServerContext,
  target: Target,
  subresource: Subresource<any>,
): Readonly<Record<string, Endpoint>> {
  const makers: Record<string, () => Endpoint> = subresource.read
    ? {
        get: () => readEndpoint(server, target, subresource),
        update: () => writeEndpoint(server, target, subresource),
        patch: () => patchPartEndpoint(server, target, subresource),
      }
    : {
        get: () => getEndpoint(server, target),
        update: () => updateEndpoint(server, target, subresource),
        patch: () => patchEndpoint(server, target, subresource),
      };
  const endpoints: Record<string, Endpoint> = {};
  for (const verb of subresource.verbs) {
    const make = makers[verb];
    if (make) endpoints[verb] = make();
  }
  return endpoints;
}

function readEndpoint(server: ServerContext, target: Target, subresource: Subresource<any>): Endpoint {
  return async (call) => {
    const stored = await getStored(server, target, call);
    return objectAnswer(subresource.read!(stored.object));
  };
}

function writeEndpoint(server: ServerContext, target: Target, subresource: Subresource<any>): Endpoint {
  const kind = { ...subresource.kind!, type: typeOfKindOf(subresource) };
  return async (call) => {
    const options = writeOptions(call, 'UpdateOptions');
    const given = decodeBody(call, kind, options.fieldValidation);
    checkIdentity(call, given);
    return change(server, target, subresource, call, options, () => given);
  };
}

function patchPartEndpoint(server: ServerContext, target: Target, subresource: Subresource<any>): Endpoint {
  return async (call) => {
    const options = writeOptions(call, 'PatchOptions');
    const { body, headers } = call.request;
    if (body === undefined) throw badRequest('the patch is empty');
    const patch: any = body instanceof Uint8Array ? decodeJson(body) : body;
    const mediaType = mediaTypeOf(headers['content-type']);
    return change(server, target, subresource, call, options, (part) => {
      if (mediaType === patchMediaTypes.json) return applyJsonPatch(part, patch);
      // A scale has no list to merge, so all three merging forms are the same here.
      if (mediaType === patchMediaTypes.merge || mediaType === patchMediaTypes.strategic)
        return applyMergePatch(part, patch);
      if (mediaType === patchMediaTypes.apply) return applyMergePatch(part, patch);
      throw unsupportedMediaType(
        `the body of the request was in an unknown format - accepted media types include: ${Object.values(patchMediaTypes).join(', ')}`,
      );
    });
  };
}

async function change(
  server: ServerContext,
  target: Target,
  subresource: Subresource<any>,
  call: Call,
  options: ReturnType<typeof writeOptions>,
  next: (part: any) => any,
) {
  const { stored } = await changeObject(server, {
    target,
    call,
    options,
    subresource,
    operation: 'Update',
    createIfAbsent: false,
    change(old) {
      const part = next(subresource.read!(old!));
      const written = subresource.write!(copyJson(old), part);
      const { uid, resourceVersion } = part.metadata ?? {};
      return { ...written, metadata: { ...written.metadata, uid: uid || undefined, resourceVersion } };
    },
  });
  return objectAnswer(subresource.read!(stored.object));
}

function checkIdentity(call: Call, given: any): void {
  const { name, namespace } = given.metadata;
  if (name && name !== call.info.name)
    throw badRequest(
      `the name of the object (${name}) does not match the name on the URL (${call.info.name})`,
    );
  if (namespace && namespace !== call.info.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

function typeOfKindOf({ kind }: Subresource<any>): string | undefined {
  return kind && typeOfKind(kind.group, kind.version, kind.kind);
}

import { badRequest } from '@kubets/api';
import type { Subresource } from '@kubets/resources';
import type { Call, Endpoint } from '../call.ts';
import { decodeBody } from '../decode/body.ts';
import { copyJson } from '../decode/copy_json.ts';
import { keepEmpties } from '../decode/without_empties.ts';
import { writeOptions } from '../decode/write_options.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { storedAnswer } from './answer.ts';
import { changeObject } from './change.ts';
import { checkNamespace } from './create.ts';

/** PUT of a resource, or of one of its subresources that has the resource's own kind (status, finalize ...). */
export function updateEndpoint(
  server: ServerContext,
  target: Target,
  subresource?: Subresource<any>,
): Endpoint {
  return async (call) => {
    const options = writeOptions(call, 'UpdateOptions');
    const object = decodeBody(call, target, options.fieldValidation, keepEmpties);
    checkName(call, object.metadata.name);
    checkNamespace(target, object, namespaceOf(target, call));
    const { stored, created } = await changeObject(server, {
      target,
      call,
      options,
      subresource,
      operation: 'Update',
      // Of the status too: the strategy is asked alike (apiserver registry.Store.Update).
      createIfAbsent: target.resource.allowCreateOnUpdate === true,
      change() {
        // A second try after a lost race needs the object as it was given.
        const next = copyJson(object);
        return target.conversion ? target.conversion.toStored(next) : next;
      },
    });
    return storedAnswer(target, stored, created ? 201 : 200);
  };
}

function checkName(call: Call, name: string | undefined): void {
  if (!name)
    throw badRequest(
      `the name of the object (${call.info.name} based on URL) was undeterminable: name must be provided`,
    );
  if (name !== call.info.name)
    throw badRequest(
      `the name of the object (${name}) does not match the name on the URL (${call.info.name})`,
    );
}

function namespaceOf(target: Target, call: Call): string {
  return target.namespaced ? call.info.namespace : '';
}

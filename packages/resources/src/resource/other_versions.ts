// resource.k8s.io before it was stable. v1beta2 has the fields of v1; v1beta1 has the fields of an exact request
// right in the request, and those of a device under `basic` (KEP-4381).
import type {
  BasicDevice,
  Device,
  DeviceClass,
  DeviceRequest,
  ExactDeviceRequest,
  KubeObject,
  ResourceV1ResourceClaim as ResourceClaim,
  ResourceClaimSpec,
  ResourceClaimTemplate,
  ResourceSlice,
  ResourceV1beta1Device,
  ResourceV1beta1DeviceRequest,
} from '@kubets/api';
import type { OtherVersion } from '../resource.ts';
import { sameShape } from '../same_shape.ts';

const group = 'resource.k8s.io';

const v1beta2 = <T extends KubeObject>(kind: string) => sameShape<T>(group, 'v1', 'v1beta2', kind);
const v1beta1 = <T extends KubeObject>(kind: string) => sameShape<T>(group, 'v1', 'v1beta1', kind);

export const deviceClassVersions: OtherVersion<DeviceClass>[] = [
  v1beta2('DeviceClass'),
  v1beta1('DeviceClass'),
];

export const resourceClaimVersions: OtherVersion<ResourceClaim>[] = [
  v1beta2('ResourceClaim'),
  through(v1beta1<ResourceClaim>('ResourceClaim'), ({ spec }, convert) => convertRequests(spec, convert)),
];

export const resourceClaimTemplateVersions: OtherVersion<ResourceClaimTemplate>[] = [
  v1beta2('ResourceClaimTemplate'),
  through(v1beta1<ResourceClaimTemplate>('ResourceClaimTemplate'), ({ spec }, convert) =>
    convertRequests(spec?.spec, convert),
  ),
];

const sliceV1beta1 = v1beta1<ResourceSlice>('ResourceSlice');

export const resourceSliceVersions: OtherVersion<ResourceSlice>[] = [
  v1beta2('ResourceSlice'),
  {
    ...sliceV1beta1,
    toStored(object) {
      const { spec } = object;
      if (spec?.devices) spec.devices = spec.devices.map(deviceToStored);
      // Values there, pointers here: empty is the same as absent.
      if (spec && !spec.nodeName) delete spec.nodeName;
      if (spec && !spec.allNodes) delete spec.allNodes;
      return sliceV1beta1.toStored(object);
    },
    fromStored({ spec, ...object }) {
      const devices = spec?.devices?.map(deviceFromStored);
      return sliceV1beta1.fromStored({ ...object, spec: { ...spec, ...(devices && { devices }) } } as any);
    },
  },
];

type ConvertRequest = (request: any) => any;

/** The same version, with `change` for both ways: it gets the object, a private copy, and how to convert a request. */
function through<T extends KubeObject>(
  version: OtherVersion<T>,
  change: (object: any, convert: ConvertRequest) => void,
): OtherVersion<T> {
  return {
    ...version,
    toStored(object) {
      change(object, requestToStored);
      return version.toStored(object);
    },
    fromStored(object) {
      change(object, requestFromStored);
      return version.fromStored(object);
    },
  };
}

function convertRequests(spec: ResourceClaimSpec | undefined, convert: ConvertRequest): void {
  if (spec?.devices?.requests) spec.devices.requests = spec.devices.requests.map(convert);
}

function requestToStored(request: ResourceV1beta1DeviceRequest): DeviceRequest {
  const { name, firstAvailable, ...exactly } = request;
  // Any of them, empty names and zeros aside, makes it an exact request.
  const given = Object.entries(exactly).some(([, value]) => value !== '' && value !== 0 && value != null);
  return {
    name,
    ...(given && { exactly: exactly as ExactDeviceRequest }),
    ...(firstAvailable && { firstAvailable }),
  };
}

function requestFromStored({ name, exactly, firstAvailable }: DeviceRequest): ResourceV1beta1DeviceRequest {
  return { name, ...(exactly ?? { deviceClassName: '' }), ...(firstAvailable && { firstAvailable }) };
}

function deviceToStored({ name, basic }: ResourceV1beta1Device): Device {
  return { name, ...(basic as Omit<Device, 'name'>) };
}

function deviceFromStored({ name, ...basic }: Device): ResourceV1beta1Device {
  return { name, basic: basic as BasicDevice };
}

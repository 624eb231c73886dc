import { NamespaceMode, ProfileType } from '@kubets/api/generated/cri.ts';
import { describe, expect, test } from 'vitest';
import { testContainer, testNode, testPod } from '../pod/fixtures.ts';
import { sandboxConfig } from './sandbox_config.ts';
import { containerSecurityContext } from './security_context.ts';

describe('security context', () => {
  const make = (container: object, pod: object = {}, imageUser = {}) =>
    containerSecurityContext({
      pod: testPod({ securityContext: pod }),
      container: testContainer('app', { securityContext: container }),
      imageUser,
      seccompDir: '/seccomp',
    });

  test('the container’s own wins over the pod’s', () => {
    const context = make(
      { runAsUser: 1, capabilities: { add: ['NET_ADMIN'] }, allowPrivilegeEscalation: false },
      { runAsUser: 2, runAsGroup: 3, fsGroup: 4, supplementalGroups: [5] },
      { uid: 9 },
    );
    expect(context).toMatchObject({
      runAsUser: { value: 1 },
      runAsGroup: { value: 3 },
      supplementalGroups: [4, 5],
      noNewPrivs: true,
      capabilities: { addCapabilities: ['NET_ADMIN'], dropCapabilities: [] },
      seccomp: { profileType: ProfileType.Unconfined },
    });
    expect(context.maskedPaths).toContain('/proc/kcore');
  });

  test('the image’s user is the last resort', () => {
    expect(make({}, {}, { uid: 7 }).runAsUser).toEqual({ value: 7 });
    expect(make({}, {}, { username: 'web' }).runAsUsername).toBe('web');
  });

  test.each([
    [{ runAsNonRoot: true }, {}, { uid: 0 }, 'container has runAsNonRoot and image will run as root'],
    [{ runAsNonRoot: true, runAsUser: 0 }, {}, {}, "container's runAsUser breaks non-root policy"],
    [
      {},
      { runAsNonRoot: true },
      { username: 'web' },
      'image has non-numeric user (web), cannot verify user is non-root',
    ],
  ])('%j %j %j is refused', (container, pod, image, message) => {
    expect(() => make(container, pod, image)).toThrow(message);
  });

  test('seccomp profiles', () => {
    expect(make({ seccompProfile: { type: 'Localhost', localhostProfile: 'p.json' } }).seccomp).toEqual({
      profileType: ProfileType.Localhost,
      localhostRef: '/seccomp/p.json',
    });
    expect(make({}, { seccompProfile: { type: 'RuntimeDefault' } }).seccomp?.profileType).toBe(
      ProfileType.RuntimeDefault,
    );
  });

  test('unmasked proc', () => {
    expect(make({ procMount: 'Unmasked' })).toMatchObject({ maskedPaths: [], readonlyPaths: [] });
  });
});

test('the sandbox', () => {
  const pod = testPod({
    shareProcessNamespace: true,
    securityContext: { sysctls: [{ name: 'net/ipv4/tcp_syncookies', value: '1' }] },
    containers: [
      testContainer('app', {
        ports: [{ containerPort: 80, hostPort: 8080 }],
        securityContext: { privileged: true },
      }),
    ],
  });
  const config = sandboxConfig({ pod, node: testNode, attempt: 2, dns: {} });
  expect(config).toMatchObject({
    metadata: { name: 'web', namespace: 'default', uid: pod.metadata.uid, attempt: 2 },
    hostname: 'web',
    logDirectory: `/var/log/pods/default_web_${pod.metadata.uid}`,
    labels: { 'io.kubernetes.pod.name': 'web' },
    portMappings: [{ protocol: 0, containerPort: 80, hostPort: 8080, hostIp: '' }],
    linux: {
      cgroupParent: `/kubets-test/besteffort/pod${pod.metadata.uid}`,
      sysctls: { 'net.ipv4.tcp_syncookies': '1' },
      securityContext: {
        privileged: true,
        namespaceOptions: { network: NamespaceMode.POD, pid: NamespaceMode.POD, ipc: NamespaceMode.POD },
      },
    },
  });
});

import type { Job } from '@kubets/api';
import { describe, expect, test } from 'vitest';
import { create, created, createdMs, row, stored, update } from '../testing.ts';
import { cronJob } from './cron_job.ts';
import { job } from './job.ts';

const template = (spec: object = {}) => ({
  spec: { restartPolicy: 'Never', containers: [{ name: 'sum', image: 'sum:1' }], ...spec },
});
const given = (spec: object = {}) => ({ metadata: { name: 'sum' }, spec: { template: template(), ...spec } });

describe('jobs', () => {
  const refusal = (spec: object) => create(job, given(spec)).errors.join('\n');

  test('defaults', () => {
    const { object } = create(job, given());
    expect(object.spec).toMatchObject({
      completions: 1,
      parallelism: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      suspend: false,
      manualSelector: false,
      podReplacementPolicy: 'TerminatingOrFailed',
    });
    expect(create(job, given({ parallelism: 2 })).object.spec.completions).toBeUndefined();
  });

  test('select their pods by uid', () => {
    const labels = {
      'job-name': 'sum',
      'batch.kubernetes.io/job-name': 'sum',
      'controller-uid': 'uid-1',
      'batch.kubernetes.io/controller-uid': 'uid-1',
    };
    const { object } = create(job, given());
    expect(object.spec.selector).toEqual({ matchLabels: { 'batch.kubernetes.io/controller-uid': 'uid-1' } });
    expect(object.spec.template.metadata.labels).toEqual(labels);
    expect(object.metadata.labels).toEqual(labels);
    const own = given({ manualSelector: true, selector: { matchLabels: { a: 'b' } } });
    Object.assign(own.spec.template, { metadata: { labels: { a: 'b' } } });
    expect(create(job, own)).toMatchObject({
      errors: [],
      object: { spec: { selector: { matchLabels: { a: 'b' } } } },
    });
  });

  test('are refused', () => {
    expect(refusal({ parallelism: -1 })).toMatchInlineSnapshot(
      `"spec.parallelism: Invalid value: -1: must be greater than or equal to 0"`,
    );
    expect(refusal({ template: template({ restartPolicy: 'Always' }) })).toMatchInlineSnapshot(
      `"spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never""`,
    );
    expect(refusal({ completionMode: 'Indexed' })).toMatchInlineSnapshot(`""`);
    expect(refusal({ backoffLimitPerIndex: 1 })).toMatchInlineSnapshot(
      `"spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode"`,
    );
    expect(refusal({ selector: { matchLabels: { a: 'b' } } })).toMatchInlineSnapshot(`
      "spec.selector: Invalid value: {"matchLabels":{"a":"b","batch.kubernetes.io/controller-uid":"uid-1"}}: \`selector\` not auto-generated
      spec.template.metadata.labels: Invalid value: {"batch.kubernetes.io/controller-uid":"uid-1","batch.kubernetes.io/job-name":"sum","controller-uid":"uid-1","job-name":"sum"}: \`selector\` does not match template \`labels\`"
    `);
    expect(refusal({ ttlSecondsAfterFinished: -1 })).toMatchInlineSnapshot(
      `"spec.ttlSecondsAfterFinished: Invalid value: -1: must be greater than or equal to 0"`,
    );
    expect(refusal({ managedBy: 'me' })).toMatchInlineSnapshot(
      `"spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")"`,
    );
    expect(refusal({ podFailurePolicy: { rules: [{ action: 'Ignore' }] } })).toMatchInlineSnapshot(
      `"spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required"`,
    );
    expect(
      refusal({
        podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [0] } }] },
      }),
    ).toMatchInlineSnapshot(
      `"spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator"`,
    );
    expect(refusal({ successPolicy: { rules: [] } })).toMatchInlineSnapshot(
      `"spec.successPolicy: Invalid value: {"Rules":[]}: requires indexed completion mode"`,
    );
  });

  test('change only in part', () => {
    const old = stored(job, given({ completions: 2 }));
    const change = (run: (spec: any) => void) =>
      update(job, old, ({ spec }) => run(spec))
        .errors.map((error) => error.split('\n')[0])
        .join('\n');
    expect(change((spec) => (spec.parallelism = 5))).toBe('');
    expect(change((spec) => (spec.suspend = true))).toBe('');
    expect(change((spec) => (spec.completions = 3))).toMatchInlineSnapshot(
      `"spec.completions: Invalid value: 3: field is immutable"`,
    );
    expect(change((spec) => (spec.selector.matchLabels.a = 'b'))).toMatchInlineSnapshot(`
      "spec.selector: Invalid value: {"matchLabels":{"a":"b","batch.kubernetes.io/controller-uid":"uid-1"}}: \`selector\` not auto-generated
      spec.template.metadata.labels: Invalid value: {"batch.kubernetes.io/controller-uid":"uid-1","batch.kubernetes.io/job-name":"sum","controller-uid":"uid-1","job-name":"sum"}: \`selector\` does not match template \`labels\`
      spec.template.metadata.labels: Invalid value: {"batch.kubernetes.io/controller-uid":"uid-1","batch.kubernetes.io/job-name":"sum","controller-uid":"uid-1","job-name":"sum"}: \`selector\` does not match template \`labels\`
      spec.selector: Invalid value: {"matchLabels":{"a":"b","batch.kubernetes.io/controller-uid":"uid-1"}}: field is immutable"
    `);
    expect(change((spec) => (spec.template.spec.containers[0].image = 'b'))).toMatchInlineSnapshot(
      `"spec.template: Invalid value: {"labels":{"batch.kubernetes.io/controller-uid":"uid-1","batch.kubernetes.io/job-name":"sum","controller-uid":"uid-1","job-name":"sum"},"Spec":{"Volumes":null,"InitContainers":null,"Containers":[{"Name":"sum","Image":"b","Command":null,"Args":null,"WorkingDir":"","Ports":null,"EnvFrom":null,"Env":null,"Resources":{"Limits":null,"Requests":null,"Claims":null},"ResizePolicy":null,"RestartPolicy":null,"RestartPolicyRules":null,"VolumeMounts":null,"VolumeDevices":null,"LivenessProbe":null,"ReadinessProbe":null,"StartupProbe":null,"Lifecycle":null,"TerminationMessagePath":"/dev/termination-log","TerminationMessagePolicy":"File","ImagePullPolicy":"IfNotPresent","SecurityContext":null,"Stdin":false,"StdinOnce":false,"TTY":false}],"EphemeralContainers":null,"RestartPolicy":"Never","TerminationGracePeriodSeconds":30,"ActiveDeadlineSeconds":null,"DNSPolicy":"ClusterFirst","NodeSelector":null,"ServiceAccountName":"","AutomountServiceAccountToken":null,"NodeName":"","SecurityContext":{"HostNetwork":false,"HostPID":false,"HostIPC":false,"ShareProcessNamespace":null,"HostUsers":null,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"SupplementalGroups":null,"SupplementalGroupsPolicy":null,"FSGroup":null,"FSGroupChangePolicy":null,"Sysctls":null,"SeccompProfile":null,"AppArmorProfile":null,"SELinuxChangePolicy":null},"ImagePullSecrets":null,"Hostname":"","Subdomain":"","SetHostnameAsFQDN":null,"Affinity":null,"SchedulerName":"default-scheduler","Tolerations":null,"HostAliases":null,"PriorityClassName":"","Priority":null,"PreemptionPolicy":null,"DNSConfig":null,"ReadinessGates":null,"RuntimeClassName":null,"Overhead":null,"EnableServiceLinks":null,"TopologySpreadConstraints":null,"OS":null,"SchedulingGates":null,"ResourceClaims":null,"Resources":null,"HostnameOverride":null,"SchedulingGroup":null}}: field is immutable"`,
    );
    const suspended = stored(job, given({ suspend: true }));
    const { errors } = update(
      job,
      suspended,
      ({ spec }) => (spec.template.spec.nodeSelector = { zone: 'a' }),
    );
    expect(errors).toEqual([]);
  });

  test.each<[status: object, spec: object, meta: object, expected: object]>([
    [{}, {}, {}, { Status: 'Running', Completions: '0/1', Duration: '' }],
    [
      {
        succeeded: 1,
        startTime: created,
        completionTime: '2026-01-01T00:00:05Z',
        conditions: [{ type: 'Complete', status: 'True' }],
      },
      {},
      {},
      { Status: 'Complete', Completions: '1/1', Duration: '5s' },
    ],
    [
      { startTime: created, conditions: [{ type: 'Failed', status: 'True' }] },
      { completions: 3 },
      {},
      { Status: 'Failed', Completions: '0/3', Duration: '10s' },
    ],
    [{ conditions: [{ type: 'Suspended', status: 'True' }] }, {}, {}, { Status: 'Suspended' }],
    [{}, { parallelism: 3 }, {}, { Completions: '0/1 of 3' }],
    [{}, {}, { deletionTimestamp: created }, { Status: 'Terminating' }],
  ])('kubectl get jobs: %j', (status, spec, meta, expected) => {
    const { object } = create(job, given(spec));
    const shown = { ...object, metadata: { ...object.metadata, ...meta }, status };
    expect(row(job, shown, createdMs + 10_000)).toMatchObject(expected);
  });

  test('are selected by their successes', () => {
    expect(job.selectableFields!['status.successful']!({ status: { succeeded: 2 } } as Job)).toBe('2');
    expect(job.selectableFields!['status.successful']!({} as Job)).toBe('0');
  });
});

describe('cron jobs', () => {
  const cron = (spec: object = {}) => ({
    metadata: { name: 'backup' },
    spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template: template() } }, ...spec },
  });
  const refusal = (spec: object) => create(cronJob, cron(spec)).errors.join('\n');

  test('defaults', () => {
    const { object } = create(cronJob, cron());
    expect(object.spec).toMatchObject({
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    });
    expect(object.spec.jobTemplate.spec.completions).toBeUndefined();
  });

  test('are refused', () => {
    expect(refusal({ schedule: '' })).toMatchInlineSnapshot(`"spec.schedule: Required value"`);
    expect(refusal({ schedule: '* * * *' })).toMatchInlineSnapshot(
      `"spec.schedule: Invalid value: "* * * *": expected exactly 5 fields, found 4: [* * * *]"`,
    );
    expect(refusal({ schedule: '60 * * * *' })).toMatchInlineSnapshot(
      `"spec.schedule: Invalid value: "60 * * * *": end of range (60) above maximum (59): 60"`,
    );
    expect(refusal({ schedule: 'TZ=UTC * * * * *' })).toMatchInlineSnapshot(
      `"spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead"`,
    );
    expect(refusal({ timeZone: 'Mars/Olympus' })).toMatchInlineSnapshot(
      `"spec.timeZone: Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus"`,
    );
    expect(refusal({ timeZone: 'Local' })).toMatchInlineSnapshot(
      `"spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"`,
    );
    expect(refusal({ concurrencyPolicy: 'Wait' })).toMatchInlineSnapshot(
      `"spec.concurrencyPolicy: Unsupported value: "Wait": supported values: "Allow", "Forbid", "Replace""`,
    );
    expect(refusal({ successfulJobsHistoryLimit: -1 })).toMatchInlineSnapshot(
      `"spec.successfulJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0"`,
    );
    const long = { ...cron(), metadata: { name: 'x'.repeat(53) } };
    expect(create(cronJob, long).errors.join('\n')).toMatchInlineSnapshot(
      `"metadata.name: Invalid value: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx": must be no more than 52 characters"`,
    );
  });

  test('are shown', () => {
    const { object } = create(cronJob, cron({ timeZone: 'UTC' }));
    object.status = { active: [{ name: 'a' }], lastScheduleTime: '2025-12-31T23:55:00Z' };
    expect(row(cronJob, object)).toMatchObject({
      Schedule: '*/5 * * * *',
      Timezone: 'UTC',
      Suspend: 'False',
      Active: 1,
      'Last Schedule': '5m',
    });
    expect(row(cronJob, create(cronJob, cron()).object)).toMatchObject({
      Timezone: '<none>',
      'Last Schedule': '<none>',
    });
  });
});

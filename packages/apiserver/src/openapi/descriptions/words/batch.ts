// Work that ends: jobs, and jobs by a timetable.
export const batch = `
Job: Runs pods until enough of them have succeeded.

JobSpec: What a job should be.
  parallelism: How many pods run at a time. Default 1; 0 pauses the job. With Indexed completion at most
    100,000.
  completions: How many pods have to succeed. Absent: any success ends the job. Default 1 where parallelism is
    not given either. Required with Indexed.
  completionMode: NonIndexed (pods are all alike), or Indexed: each has a number from 0, in
    JOB_COMPLETION_INDEX, and each number must succeed once. Default NonIndexed. It never changes.
  backoffLimit: How many failures make the job fail. Default 6; with backoffLimitPerIndex without limit.
  backoffLimitPerIndex: How many failures of one index make this index fail. Only with Indexed and
    restartPolicy Never. It never changes.
  maxFailedIndexes: How many failed indexes end the job at once. Default: none do, and the job fails in the
    end. Needs backoffLimitPerIndex. At most 100,000; 10,000 with more than 100,000 completions.
  activeDeadlineSeconds: How many seconds the job may take before it fails (DeadlineExceeded). Time in
    suspension does not count. Default: no limit.
  ttlSecondsAfterFinished: How many seconds the job stays after its end. 0: it goes at once. Default: it
    stays.
  suspend: No pod is started, and those that run are stopped, while it is true. Default false.
  template: What the pods are made from. restartPolicy must be OnFailure or Never. Scheduling and resources
    can change while the job is suspended.
  selector: Which pods belong to it. Made by the server, mostly.
  manualSelector: Whether selector and labels are the user's own affair. Default false. With a selector that
    matches other pods, these count, and may be deleted.
  podFailurePolicy: Which failures count, end the job, or are ignored. Needs restartPolicy Never. It never
    changes.
  podReplacementPolicy: When a pod is replaced: TerminatingOrFailed (as soon as it is about to end) or Failed
    (when it has ended). Default TerminatingOrFailed; with podFailurePolicy only Failed.
  successPolicy: When the job has succeeded before all indexes have. Only with Indexed. It never changes.
  managedBy: Who runs the job, as domain/name, up to 63 characters. Default kubernetes.io/job-controller, the
    built-in one. It never changes.

JobTemplateSpec: What jobs are made from.
  metadata: Labels and annotations of the jobs.
  spec: What each job should be.

PodFailurePolicy: What failures of pods mean.
  rules: The rules, in order, at most 20. The first that matches counts; where none does, the failure counts
    towards backoffLimit.

PodFailurePolicyRule: What some failures mean. Either exit codes or conditions are given.
  action: FailJob (the job fails), FailIndex (this index fails; needs backoffLimitPerIndex), Ignore (it does
    not count, the pod is replaced) or Count (as usual).
  onExitCodes: For which exit codes.
  onPodConditions: For which conditions of the pod; one is enough. At most 20.

PodFailurePolicyOnExitCodesRequirement: Some exit codes of containers. Only those of containers that failed
    are looked at.
  containerName: Only this container. Default: all, init containers too.
  operator: In (one of the values) or NotIn (none of them).
  values: The exit codes, in order, each once, at most 255. With In, 0 is not allowed.

PodFailurePolicyOnPodConditionsPattern: A condition of a pod.
  type: Its type, such as DisruptionTarget.
  status: Its status. Default True.

SuccessPolicy: When a job has succeeded early. Pods that still run are stopped.
  rules: The rules, at most 20. The first that is met counts.

SuccessPolicyRule: When a job has succeeded: at least one of both is given.
  succeededIndexes: These indexes have, such as 0,2-5. Without succeededCount: all of them.
  succeededCount: So many have; of succeededIndexes where they are given.

JobStatus: How a job is.
  active: How many pods are pending or running, and not about to end.
  ready: How many of the active pods are ready.
  terminating: How many pods are about to end.
  succeeded: How many pods have succeeded.
  failed: How many pods have failed.
  startTime: When the job was started, or resumed.
  completionTime: When the job was done. Only where it succeeded.
  completedIndexes: Which indexes have succeeded, such as 1,3-5,7. Only with Indexed.
  failedIndexes: Which indexes have failed for good, such as 1,3-5,7. Only with backoffLimitPerIndex.
  conditions: Complete, Failed, Suspended, FailureTarget and SuccessCriteriaMet.
  uncountedTerminatedPods: Pods that have ended, but are not in the counts yet.

JobCondition:
  type: SuccessCriteriaMet or FailureTarget (it will end so, its pods are being stopped), Complete or Failed
    (it has), or Suspended.

UncountedTerminatedPods: Pods that have ended, but are not in the counts yet, so that none is missed or
    counted twice.
  succeeded: UIDs of those that succeeded.
  failed: UIDs of those that failed.

CronJob: Makes jobs by a timetable. Its name has up to 52 characters.

CronJobSpec: What a cron job should be.
  schedule: The timetable, in the form of cron: minute, hour, day, month, weekday; or @hourly, @daily,
    @weekly, @monthly, @yearly.
  timeZone: The time zone of the timetable, such as Europe/Berlin. Default: that of the controller.
  concurrencyPolicy: What to do while the last job still runs: Allow (both run), Forbid (the new one is left
    out) or Replace (the old one is deleted). Default Allow.
  startingDeadlineSeconds: How many seconds late a job may still start. Later, it is missed. Default: no
    limit.
  suspend: No job is started while it is true. Those that run go on. Default false.
  jobTemplate: What the jobs are made from.
  successfulJobsHistoryLimit: How many jobs that succeeded are kept. Default 3.
  failedJobsHistoryLimit: How many jobs that failed are kept. Default 1.

CronJobStatus: How a cron job is.
  active: The jobs that run.
  lastScheduleTime: For which time the last job was started.
  lastSuccessfulTime: When a job last succeeded.
`;

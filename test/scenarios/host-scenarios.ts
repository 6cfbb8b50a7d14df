/** Jobs that lose their host, wait for one, or run too long. In an account nobody can order the first two. */
import { BatchClient, CancelJobCommand, TerminateJobCommand } from '@aws-sdk/client-batch';
import { TIMED_OUT_REASON } from '../../src/batch/status-reasons';
import { type BusEvent, listen } from './event-listener';
import { contentsOf, ended, eventually, jobOf, jobStatusOf, start } from './executions';
import { demand, ENDS } from './scenarios';
import type { Tier } from './tier';
import { hasWorkingDirectory } from './working-directories';

/** A rule without patterns matches each end of a job. */
const ANY_END = { rules: [{ action: 'RETRY', wait_seconds: 0 }] };
/** The shortest time-out of Batch. https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html */
const SHORTEST_SECONDS = 60;
const MISFIT =
  'MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT - The job resource requirement (vCPU/memory/GPU) is higher than that can be met by the CE(s) attached to the job queue.';

export function hostScenarios(on: () => Tier): void {
  test('a demand outlives its hosts: Batch repeats the job, and then the demand gets another job', async () => {
    const tier = on();
    const id = `${tier.runId}-lost`;
    const arn = arnOf(tier, id);
    hostsOf(tier).lose(arn, 6);
    const command = [
      '[ "$AWS_BATCH_JOB_ATTEMPT" = 2 -a -n "$_PREVIOUS_JOBS" ] || { echo half > ${OUT}; echo begun; sleep 600; }; cat ${DATA} >> ${OUT}',
    ];
    await start(tier, demand(tier, id, command));
    const end = await ended(tier, arn);
    expect(end).toMatchObject(ENDS.success);
    expect(await contentsOf(tier, `${id}/`)).toEqual({ [`${id}/out`]: 'data\n' });
    const first = await jobOf(tier, arn);
    expect(first?.attempts).toHaveLength(5);
    expect(first?.statusReason).toMatch(/^Host EC2 .* terminated\.$/);
    expect(JSON.parse(end.output ?? '{}')).toMatchObject({
      batch: { ended_jobs: [{ job_id: first?.jobId, reason: first?.statusReason }] },
    });
  });

  test.each([
    ['terminated', TerminateJobCommand],
    ['cancelled', CancelJobCommand],
  ])(
    'a job that blocks its queue is told with its reason, and has no further job when somebody has %s it',
    async (way, Command) => {
      const tier = on();
      const id = `${tier.runId}-blocked-${way}`;
      const arn = arnOf(tier, id);
      hostsOf(tier).block(arn, MISFIT);
      const { inbox, close } = await listen(tier, id);
      try {
        await start(tier, withPlatform(tier, id, { retry: ANY_END }));
        const told = await inbox.until<BusEvent>((all) => all.some(({ detail }) => detail.waiting));
        const waiting = told.find(({ detail }) => detail.waiting)?.detail.waiting;
        expect(waiting).toMatchObject({
          reason: MISFIT,
          message: expect.stringMatching(/^the job queue has no compute environment that is large enough/),
        });
        expect(await jobStatusOf(tier, arn)).toBe('RUNNABLE');
        const given = { jobId: waiting?.job_id, reason: 'nobody needs it any more' };
        await new BatchClient(tier.settings).send(new Command(given));
        const end = await ended(tier, arn);
        expect(end).toMatchObject(ENDS.jobFails);
        expect(end.cause).toContain('nobody needs it any more');
        expect((await jobOf(tier, arn))?.jobId).toBe(waiting?.job_id);
        expect(await hasWorkingDirectory(tier, id)).toBe(false);
      } finally {
        await close();
      }
    },
  );

  test('a job that has started is not cancelled, and ends after its time-out, without another job', async () => {
    const tier = on();
    const id = `${tier.runId}-too-long`;
    const timeout = { attempt_duration_seconds: SHORTEST_SECONDS };
    const arn = await start(tier, withPlatform(tier, id, { retry: ANY_END, timeout }));
    await eventually(tier, async () => (await jobStatusOf(tier, arn)) === 'RUNNING');
    const jobId = (await jobOf(tier, arn))?.jobId;
    await new BatchClient(tier.settings).send(new CancelJobCommand({ jobId, reason: 'it waits' }));
    const end = await ended(tier, arn);
    expect(end).toMatchObject(ENDS.jobFails);
    expect(JSON.parse(end.cause ?? '{}')).toMatchObject({ JobId: jobId, StatusReason: TIMED_OUT_REASON });
    expect(Number(end.stopDate) - Number(end.startDate)).toBeGreaterThan(SHORTEST_SECONDS * 1_000);
    expect(await hasWorkingDirectory(tier, id)).toBe(false);
  });
}

function withPlatform(tier: Tier, id: string, platform: object) {
  const all = { job_queue_name: tier.jobQueueName, ...platform };
  return { ...demand(tier, id, ['sleep', '600']), execution_platform: { aws_batch: all } };
}

function arnOf({ stateMachineArn }: Tier, name: string): string {
  return `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}

function hostsOf({ hosts }: Tier) {
  if (hosts === undefined) throw new Error('the hosts of this place cannot be taken away');
  return hosts;
}

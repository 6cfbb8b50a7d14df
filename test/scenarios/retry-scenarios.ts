/** A failed job that runs again by a rule of its demand. */
import { contentsOf, ended, historyOf, jobById, start } from './executions';
import { demand, ENDS } from './scenarios';
import type { Tier } from './tier';

export function retryScenarios(on: () => Tier): void {
  test('a job with the exit code of a rule gets another job, which begins without the outputs of the first', async () => {
    const tier = on();
    const id = `${tier.runId}-again`;
    const command = ['[ -n "$_PREVIOUS_JOBS" ] || { echo half > ${OUT}; exit 75; }; cat ${DATA} >> ${OUT}'];
    const retry = { rules: [{ action: 'RETRY', on_exit_code: '75', wait_seconds: 0 }] };
    const platform = { job_queue_name: tier.jobQueueName, retry, timeout: { attempt_duration_seconds: 600 } };
    const document = { ...demand(tier, id, command), execution_platform: { aws_batch: platform } };
    const arn = await start(tier, document);
    const end = await ended(tier, arn);
    expect(end).toMatchObject(ENDS.success);
    expect(await contentsOf(tier, `${id}/`)).toEqual({ [`${id}/out`]: 'data\n' });
    const [first, second] = await jobsOf(tier, arn);
    expect(JSON.parse(end.output ?? '{}')).toMatchObject({
      batch: { ended_jobs: [{ job_id: first, memory: 512, exit_code: 75 }] },
      job: { job_id: second },
    });
    expect(await jobById(tier, second ?? '')).toMatchObject({ tags: { demand_execution: arn } });
  });
}

/** Returns the ids of the jobs of an execution, in the order of their submission. */
async function jobsOf(tier: Tier, executionArn: string): Promise<string[]> {
  return (await historyOf(tier, executionArn)).flatMap(({ taskSubmittedEventDetails: details }) =>
    details?.resourceType === 'batch' ? [JSON.parse(details.output ?? '{}').JobId as string] : [],
  );
}

/** A job that Batch accepts twice. */
import { BatchClient, SubmitJobCommand } from '@aws-sdk/client-batch';
import { CLAIM_EXITS } from '../../src/batch/claim';
import { contentsOf, ended, eventually, jobById, jobOf, start } from './executions';
import { demand, ENDS } from './scenarios';
import type { Tier } from './tier';

export function claimScenarios(on: () => Tier): void {
  test('a second submission of a running job does nothing, and the demand stores its own output once', async () => {
    const tier = on();
    const id = `${tier.runId}-twice`;
    const work = ['sleep', '2;', 'cat', '${DATA}', '>>', '${OUT}'];
    const arn = await start(tier, demand(tier, id, work));
    await eventually(tier, async () => (await jobOf(tier, arn))?.status === 'RUNNING');
    const duplicate = await submitAgain(tier, arn);
    await eventually(tier, async () => (await jobById(tier, duplicate))?.status === 'FAILED');
    const { container } = (await jobById(tier, duplicate)) ?? {};
    // A job queue may start it after the end of the execution. Then the directory is gone.
    expect([CLAIM_EXITS.claimed, CLAIM_EXITS.notOurs]).toContain(container?.exitCode);
    expect(await ended(tier, arn)).toMatchObject(ENDS.success);
    expect(await contentsOf(tier, `${id}/`)).toEqual({ [`${id}/out`]: 'data\n' });
  });
}

/** Submits the job of an execution once more, as a client does after a lost answer. @returns the id of the second job */
async function submitAgain(tier: Tier, executionArn: string): Promise<string> {
  const job = await jobOf(tier, executionArn);
  const { environment = [], resourceRequirements = [] } = job?.container ?? {};
  const { jobId = '' } = await new BatchClient(tier.settings).send(
    new SubmitJobCommand({
      jobName: job?.jobName,
      jobQueue: job?.jobQueue,
      jobDefinition: job?.jobDefinition,
      containerOverrides: {
        environment: environment.filter(({ name = '' }) => !name.startsWith('AWS_BATCH_')),
        resourceRequirements,
      },
    }),
  );
  return jobId;
}

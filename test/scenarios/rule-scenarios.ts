/** Demands and transfers that the rules of the stage (config/local.yml) forbid. */

import { putAll } from './data';
import { contentsOf, ended, start, startNamed } from './executions';
import { COPY, demand, uriOf } from './scenarios';
import type { Tier } from './tier';
import { hasWorkingDirectory } from './working-directories';

export function ruleScenarios(on: () => Tier): void {
  test('a demand that the rules of the stage forbid is refused, and nothing is made', async () => {
    const tier = on();
    const id = `${tier.runId}-forbidden`;
    const { execution_parameters: parameters, ...rest } = demand(tier, id, COPY, 's3://bucket-of-another/in');
    const params = { ...parameters.params, out: 'out @ s3://bucket-of-another/out' };
    const request = {
      demand_execution: {
        ...rest,
        execution_parameters: { ...parameters, params },
        execution_platform: {
          aws_batch: { job_queue_name: 'other', job_role: 'arn:aws:iam::111122223333:role/admin' },
        },
        resource_requirements: { memory: 1_000_000, vcpus: 1 },
      },
      context_manager_configuration: { privileged: true },
    };
    const { status, error, cause = '' } = await ended(tier, await startNamed(tier, id, request));
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'DemandValidationError' });
    // The cause has the message, and the trace with the message.
    const named = new Set(Array.from(cause.matchAll(/the rule (\S+) of the stage/g), ([, name]) => name));
    expect([...named]).toEqual([
      'demands.read',
      'demands.write',
      'demands.jobQueueArns',
      'demands.privileged',
      'jobRoleArns',
      'demands.maxMemoryMib',
    ]);
    expect(await hasWorkingDirectory(tier, id)).toBe(false);
  });

  test('other files at the destination of a folder stay', async () => {
    const tier = on();
    const id = `${tier.runId}-folder`;
    await putAll(tier.s3, tier.data, [[`${id}/out/old`, 'old']]);
    const folder = demand(tier, id, ['mkdir', '${OUT};', 'cp', '${DATA}', '${OUT}/new']);
    expect(await ended(tier, await start(tier, folder))).toMatchObject({ status: 'SUCCEEDED' });
    expect(await contentsOf(tier, `${id}/`)).toEqual({
      [`${id}/out/old`]: 'old',
      [`${id}/out/new`]: 'data\n',
    });
  });

  test('a transfer machine is refused a mirror where nothing may be removed, and a bucket of another', async () => {
    const tier = on();
    const machine = tier.stateMachineArn.replace(/-execution$/, '-data-sync');
    const transfer = {
      source_path: 's3://bucket-of-another/in/',
      destination_path: uriOf(tier, 'mirror/'),
      delete: true,
    };
    const input = { data_sync_request: transfer };
    const arn = await startNamed({ ...tier, stateMachineArn: machine }, `${tier.runId}-mirror`, input);
    const { error, cause = '' } = await ended(tier, arn);
    expect(error).toBe('DemandValidationError');
    expect(cause).toContain('demands.read');
    expect(cause).toContain('demands.remove');
  });
}

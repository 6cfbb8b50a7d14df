/** A directory that was kept after a failure of StoreOutputs: the command line finds it, and stores its outputs. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DemandProcess, jsonLines } from '../cli/demand-process';
import { contentsOf, ended, jobOf, start, startNamed } from './executions';
import { demand, uriOf } from './scenarios';
import type { Tier } from './tier';
import { hasWorkingDirectory } from './working-directories';

/** The output is a link to nothing, which nobody may store. */
const UNSTORABLE = ['ln', '-s', 'nowhere', '${OUT}'];

/** The directory must be a folder of this machine. */
export function keptScenarios(on: () => Tier): void {
  test('a kept directory is listed, and stored by a resumption with the same outputs only', async () => {
    const tier = on();
    const id = `${tier.runId}-kept`;
    const document = demand(tier, id, UNSTORABLE);
    const arn = await start(tier, document);
    expect(await ended(tier, arn)).toMatchObject({ status: 'FAILED', error: 'UnsafePath' });
    const directory = directoryOf(tier, id);
    expect(await listed(tier, id)).toMatchObject([{ execution: arn, outputs: ['out'] }]);
    rmSync(join(directory, 'out'));
    writeFileSync(join(directory, 'out'), 'result\n');

    const other = { ...document.execution_parameters.params, out: `out @ ${uriOf(tier, `${id}-other/out`)}` };
    const stolen = { ...document, execution_parameters: { ...document.execution_parameters, params: other } };
    for (const [name, input] of Object.entries({
      'other-outputs': { ...stolen, resumes: arn },
      'other-execution': { ...document, resumes: `${arn}-2` },
      'no-execution': { ...document, resumes: id },
    })) {
      const refused = await ended(tier, await startNamed(tier, `${id}-${name}`, input));
      expect(refused).toMatchObject({ status: 'FAILED', error: 'DemandValidationError' });
      expect(refused.cause).toContain('/resumes');
    }
    expect(existsSync(join(directory, 'out'))).toBe(true);

    const resumed = await command(tier, 'resume', id, '--json');
    expect(resumed.exitCode).toBe(0);
    const [{ executionArn = '' } = {}] = jsonLines(resumed) as { executionArn?: string }[];
    expect(await ended(tier, executionArn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await jobOf(tier, executionArn)).toBeUndefined();
    expect(await contentsOf(tier, `${id}/`)).toEqual({ [`${id}/out`]: 'result\n' });
    expect(await contentsOf(tier, `${id}-other/`)).toEqual({});
    expect(await hasWorkingDirectory(tier, id)).toBe(false);
    expect(await listed(tier, id)).toEqual([]);
  });

  test('a resumption that fails keeps the directory under its own name', async () => {
    const tier = on();
    const id = `${tier.runId}-kept-twice`;
    await ended(tier, await start(tier, demand(tier, id, UNSTORABLE)));
    const [{ executionArn = '' } = {}] = jsonLines(await command(tier, 'resume', id, '--json')) as {
      executionArn?: string;
    }[];
    expect(await ended(tier, executionArn)).toMatchObject({ status: 'FAILED', error: 'UnsafePath' });
    expect(executionArn.endsWith(`:${id}--2`)).toBe(true);
    expect(await listed(tier, id)).toMatchObject([{ execution: executionArn, outputs: ['out'] }]);
    rmSync(directoryOf(tier, id), { recursive: true });
  });
}

function directoryOf({ fileSystems = '', fileSystemId }: Tier, id: string): string {
  return join(fileSystems, fileSystemId, 'scratch', id);
}

async function listed({ fileSystemId, ...tier }: Tier, id: string) {
  const told = await command({ fileSystemId, ...tier }, 'list', '--kept', '--json');
  const lines = told.stdout === '' ? [] : jsonLines(told);
  return lines.filter(({ directory }) => directory === `${fileSystemId}:/scratch/${id}`);
}

async function command({ stateMachineArn, environment }: Tier, ...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'kept-'));
  const told = await new DemandProcess(folder, [], [...args, '--state-machine', stateMachineArn], environment)
    .ended;
  rmSync(folder, { recursive: true });
  return told;
}

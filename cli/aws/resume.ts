/** `demand resume ID --stage STAGE`: starts an execution that stores the outputs of a directory that another one kept. */
import { readRequestOrRefuse } from '../../src/context/request';
import { DemandValidationError } from '../../src/errors';
import { attemptOf, executionName, MOST_ATTEMPTS } from '../../src/events/names';
import { executionArnOf, stateMachineArnOf } from '../../src/history/arns';
import { isJsonObject } from '../../src/wire/json';
import { out } from '../output/output';
import { EXIT } from '../refusal';
import type { AwsApi } from './api';
import { watch } from './follow';
import { type Execution, onExecution } from './machine';
import { nextCommand } from './next';
import type { SubmitOptions } from './options';

export function resumeOnStageCommand(id: string, options: SubmitOptions): Promise<number> {
  return onExecution(id, options, async (api, execution, placed) => {
    const resumption = await startResumption(api, execution);
    const { name, executionArn } = resumption;
    if (placed.json) out.json({ type: 'resuming', name, executionArn, resumes: execution.executionArn });
    else
      out.lines([
        `the outputs of ${execution.name} are stored by ${name}`,
        `  ${executionArn}`,
        `  ${nextCommand(`watch ${name}`, placed)}`,
      ]);
    return placed.watch ? watch(api, resumption, placed) : EXIT.ok;
  });
}

/** Starts the next attempt of the demand. The same resumption that runs already is found, and not started again. */
async function startResumption(
  api: AwsApi,
  { executionArn: resumes = '', name = '', status, input }: Execution,
) {
  if (status === 'RUNNING') throw refusal(`${name} is running`, 'Wait for its end');
  const given: unknown = JSON.parse(input ?? 'null');
  const { executionId } = readRequestOrRefuse(given).demandExecution;
  const document = JSON.stringify({ ...(isJsonObject(given) && given), resumes });
  const machine = stateMachineArnOf(resumes);
  for (let attempt = (attemptOf(name, executionId) ?? 1) + 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const next = executionName(executionId, attempt);
    if ((await api.start(machine, next, document)) !== undefined)
      return { name: next, executionArn: executionArnOf(machine, next), input: document };
  }
  throw refusal(`"${executionId}" has too many attempts`, 'Copy the files of the directory by hand');
}

function refusal(message: string, remedy: string): DemandValidationError {
  return new DemandValidationError([{ pointer: '', message, remedy }]);
}

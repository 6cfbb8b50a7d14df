/** Prints the demand's state machine as JSON, with the function names of `demand local up`. */
import { readFileSync } from 'node:fs';
import { fillIn } from '../local/engine/placeholders.ts';
import { DEFAULT_STAGING } from '../src/machines/concurrency.ts';

const ACCOUNT = 'us-west-2:123456789012';
const text = readFileSync('statemachines/demand-execution.asl.yml', 'utf8');
const definition = fillIn(
  text,
  (name, kind) =>
    kind === 'Function'
      ? `arn:aws:lambda:${ACCOUNT}:function:demand-executions-local-${name[0].toLowerCase()}${name.slice(1)}`
      : `arn:aws:states:${ACCOUNT}:stateMachine:local-demand-data-sync`,
  DEFAULT_STAGING,
);
process.stdout.write(`${JSON.stringify(definition, undefined, 2)}\n`);

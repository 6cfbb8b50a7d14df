/** Prints the demand's state machine as JSON, with the names that `demand local up` deploys its functions under. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const ACCOUNT = 'us-west-2:123456789012';
const text = readFileSync('statemachines/demand-execution.asl.yml', 'utf8');
const filled = text.replaceAll(/\$\{(\w+?)(Function|StateMachine)Arns?\}/g, (_, name, kind) =>
  kind === 'Function'
    ? `arn:aws:lambda:${ACCOUNT}:function:demand-executions-local-${name[0].toLowerCase()}${name.slice(1)}`
    : `arn:aws:states:${ACCOUNT}:stateMachine:local-demand-data-sync`,
);
process.stdout.write(`${JSON.stringify(parse(filled, { merge: true }), undefined, 2)}\n`);

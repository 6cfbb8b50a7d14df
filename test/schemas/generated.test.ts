import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv from 'ajv';
import fc from 'fast-check';
import { PUBLIC_SCHEMAS } from '../../schemas/public';
import { tryModel } from '../../src/wire/schema';
import { demandOf, mutated, runs, soundDemand } from '../demand/arbitraries';

const FOLDER = join(__dirname, '..', '..', 'schemas', 'generated');
const read = (name: string) => readFileSync(join(FOLDER, name), 'utf8');

const ajv = new Ajv({ strict: true, strictRequired: false, strictTypes: false });
const isDemand = ajv.compile(JSON.parse(read('demand-execution.schema.json')));
const isRequest = ajv.compile(JSON.parse(read('prepare-demand-scaffolding-request.schema.json')));

test('the files equal the output of `npm run schemas`', () => {
  const made = mkdtempSync(join(tmpdir(), 'schemas-'));
  execFileSync(process.execPath, ['scripts/build-schemas.mjs', made], { stdio: 'pipe' });
  expect(readdirSync(FOLDER).sort()).toEqual(readdirSync(made).sort());
  for (const name of readdirSync(made)) expect(read(name)).toBe(readFileSync(join(made, name), 'utf8'));
  rmSync(made, { recursive: true });
});

test('each file is a JSON Schema', () => {
  for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.json')))
    expect(ajv.validateSchema(JSON.parse(read(name)))).toBe(true);
});

test('the schema accepts every demand that the service accepts', () => {
  fc.assert(
    fc.property(soundDemand, (request) => {
      expect(isRequest(request) ? [] : isRequest.errors).toEqual([]);
    }),
    runs(300),
  );
});

test('the service refuses every demand that the schema refuses', () => {
  const { schema } = PUBLIC_SCHEMAS.DemandExecution!;
  const document = soundDemand.chain((request) => mutated(request.demand_execution));
  fc.assert(
    fc.property(document, (demand) => {
      // A JSON file holds no Infinity.
      const given = JSON.parse(JSON.stringify(demand ?? null));
      if (!isDemand(given)) expect(tryModel(schema, given).problems).not.toEqual([]);
    }),
    runs(2_000),
  );
});

describe('the schema refuses a demand with', () => {
  test.each([
    ['no execution_type', { execution_type: undefined }],
    ['a number as execution_type', { execution_type: 5 }],
    ['no execution_platform', { execution_platform: undefined }],
    ['a queue without a name', { execution_platform: { aws_batch: { job_queue_name: '' } } }],
    ['a string as command', { execution_parameters: { command: 'true' } }],
    ['an empty command', { execution_parameters: { command: [] } }],
    ['a word as memory', { resource_requirements: { memory: 'much' } }],
    ['a fraction as vcpus', { resource_requirements: { vcpus: 0.5 } }],
    ['an unknown word as a flag', { execution_parameters: { command: ['true'], verbosity: 'perhaps' } }],
    ['an ARN that is not of an execution', { execution_metadata: { arn: 'arn:aws:s3:::bucket' } }],
  ])('%s', (_, fields) => {
    expect(isDemand(JSON.parse(JSON.stringify(demandOf({}, fields))))).toBe(false);
  });
});

test.each([
  ['snake_case', demandOf()],
  [
    'camelCase',
    {
      executionType: 'test',
      executionId: 'one',
      executionImage: 'image',
      executionParameters: { command: ['true'], outputS3Prefix: 's3://bucket/x' },
      executionPlatform: { awsBatch: { jobQueueName: 'queue' } },
    },
  ],
])('the schema accepts a demand in %s', (_, demand) => {
  expect(isDemand(demand) ? [] : isDemand.errors).toEqual([]);
});

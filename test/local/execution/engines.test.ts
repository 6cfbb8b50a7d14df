import { join } from 'node:path';
import { execute } from '../../../local/engine/engine';
import { localFunctions } from '../../../local/execution/functions';
import { LocalRoot } from '../../../local/world/root';
import { UNRESTRICTED } from '../../../src/rules/model';
import { harvest, plant, useFolder } from '../../transfer/folders';

const folder = useFolder();

async function run(fields: object) {
  const root = new LocalRoot(folder.path);
  plant(join(root.s3, 'bucket/in'), { a: '1', b: '2' });
  const functions = localFunctions({
    root,
    jobDefinitions: undefined as never,
    // Each transfer is above these limits, so the data-sync machine plans it.
    settings: { inlineLimits: { maxBytes: 0, maxFiles: 0 }, rules: UNRESTRICTED },
    report: () => undefined,
  });
  const data_sync_request = {
    source_path: 's3://bucket/in/',
    destination_path: 's3://bucket/out/',
    ...fields,
  };
  const { signal } = new AbortController();
  const services = { functions, batch: { now: () => 0 } as never, onEvent: () => undefined, signal };
  const outcome = await execute('data-sync', 'one', { data_sync_request }, services);
  return { outcome, copied: harvest(join(root.s3, 'bucket/out')) };
}

test('a local run refuses DataSync, with the next step', async () => {
  const { outcome, copied } = await run({ engine: 'datasync' });
  expect(outcome).toMatchObject({
    status: 'FAILED',
    error: 'DemandValidationError',
    cause: expect.stringMatching(/runs in AWS only.*your own machine\. Leave \\"engine\\" out here/),
  });
  expect(copied).toEqual({});
});

test.each([
  ['without an engine', {}],
  ['with the engine lambda', { engine: 'lambda' }],
])('a local run copies a request %s with its own functions', async (_, fields) => {
  const { outcome, copied } = await run(fields);
  expect(outcome.status).toBe('SUCCEEDED');
  expect(copied).toEqual({ a: '1', b: '2' });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FunctionWorker } from '../../local/api/functions/worker';

test('an instance answers one event after the other', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'worker-'));
  const file = join(folder, 'handler.js');
  writeFileSync(file, 'exports.handler = async (event) => event;');
  const deployed = {
    name: 'echo',
    file,
    handler: 'handler',
    environment: {},
    timeoutSeconds: 5,
    memoryMb: 512,
  };
  const worker = new FunctionWorker(deployed, () => undefined);
  for (const payload of ['1', '2', '3'])
    expect(await worker.invoke(payload)).toEqual({ outcome: { payload }, isAlive: true });
  await worker.stop();
  rmSync(folder, { recursive: true });
}, 20_000);

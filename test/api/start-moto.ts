/** Before all tests: `AWS_ENDPOINT_URL` is the AWS that they speak to, moto's server unless one is given. */
import { join } from 'node:path';
import { type MotoServer, startMotoServer } from '../../local/api/moto-server';

declare global {
  var motoServer: MotoServer | undefined;
}

export default async function startMoto(): Promise<void> {
  if (process.env.AWS_ENDPOINT_URL !== undefined) return;
  const project = join(__dirname, '..', '..');
  globalThis.motoServer = await startMotoServer(
    join(project, 'local', 'api'),
    join(project, '.cache', 'python'),
  );
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: globalThis.motoServer.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
}

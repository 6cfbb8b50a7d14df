/** LocalStack without docker. `PYTHON313` is the path of its Python 3.13. Default: `python3.13` on the PATH. */
import { join } from 'node:path';
import { startLocalStack } from '../../../local/localstack/localstack-server';
import type { Stage } from '../../deployment/packaged';
import { openLocalTier, PROJECT } from './local';
import type { Tier } from './model';

const MOCK_FILE = join(PROJECT, 'local/step-functions-local/MockConfigFile.json');

export function openLocalstackTier(stage: Stage): Promise<Tier> {
  const interpreter = process.env.PYTHON313 ?? 'python3.13';
  return openLocalTier({
    name: 'LocalStack, with our gateway',
    stage,
    startServer: (root) => (gateway) =>
      startLocalStack({
        ...{ project: PROJECT, gateway, interpreter },
        folder: join(root, 'localstack'),
        mockFile: MOCK_FILE,
      }),
  });
}

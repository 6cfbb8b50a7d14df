import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeployedFunction } from '../../../../local/api/functions/worker';

export interface Bundles {
  /** @param body the body of a handler with the parameters `event` and `context` */
  of(name: string, body: string): DeployedFunction;
  remove(): void;
}

export function bundles(): Bundles {
  const folder = mkdtempSync(join(tmpdir(), 'bundles-'));
  return {
    of(name, body) {
      const file = join(folder, `${name}.js`);
      writeFileSync(file, `exports.handler = async (event, context) => { ${body} };`);
      return {
        name,
        arn: `arn:aws:lambda:us-west-2:123456789012:function:${name}`,
        file,
        handler: 'handler',
        environment: {},
        // A busy machine starts a thread late.
        timeoutSeconds: 60,
        memoryMb: 512,
        asynchronous: { retries: 2 },
      };
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

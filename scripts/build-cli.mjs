import { resolve } from 'node:path';
import { build } from 'esbuild';

await build({
  entryPoints: { demand: 'cli/demand.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  // Node 20 is the oldest that may start `demand`; npm scripts run on the 22 of node_modules.
  target: 'node20',
  format: 'cjs',
  banner: { js: '#!/usr/bin/env node' },
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [
    {
      name: 'no-aws',
      setup({ onResolve }) {
        // The engine can call Lambda in AWS; ours never does, and loading those clients takes longer than a whole local run.
        onResolve({ filter: /^@aws-sdk\/(client-lambda|credential-providers)$/ }, ({ importer }) =>
          importer.includes('aws-local-stepfunctions')
            ? { path: resolve('local/engine/no-aws.ts') }
            : undefined,
        );
      },
    },
  ],
});

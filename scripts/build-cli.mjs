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
  alias: {
    // The engine can call Lambda in AWS; ours never does, and loading those clients takes longer than a whole local run.
    '@aws-sdk/client-lambda': './local/engine/no-aws.ts',
    '@aws-sdk/credential-providers': './local/engine/no-aws.ts',
  },
});

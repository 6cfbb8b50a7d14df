import { build } from 'esbuild';

/** What `demand` loads when a verb asks for it: a file of its own, as the others would read it at every start. */
const LATER = { './sync': 'sync', './aws/commands': 'aws' };

const laterInFilesOfTheirOwn = {
  name: 'later',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/(sync|aws\/commands)$/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path: `./${LATER[path]}.js`, external: true } : undefined,
    );
  },
};

await build({
  entryPoints: { demand: 'cli/demand.ts', sync: 'cli/sync.ts', aws: 'cli/aws/commands.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  // Node 20 is the oldest that may start `demand`; npm scripts run on the 22 of node_modules.
  target: 'node20',
  format: 'cjs',
  banner: { js: '#!/usr/bin/env node' },
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [laterInFilesOfTheirOwn],
  alias: {
    // The engine can call Lambda in AWS; ours never does, and loading those clients takes longer than a whole local run.
    '@aws-sdk/client-lambda': './local/engine/no-aws.ts',
    '@aws-sdk/credential-providers': './local/engine/no-aws.ts',
  },
});

import { resolve } from 'node:path';
import { build } from 'esbuild';

/** What `demand` loads when a verb asks for it: a file of its own, as the others would read it at every start. */
const LATER = { './sync': 'sync', './aws/commands': 'aws', './serve': 'serve' };

const laterInFilesOfTheirOwn = {
  name: 'later',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/(sync|serve|aws\/commands)$/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path: `./${LATER[path]}.js`, external: true } : undefined,
    );
  },
};

/** The engine can call Lambda in AWS; ours never does, and loading those clients takes longer than a whole local run. */
const engineWithoutAws = {
  name: 'no-aws',
  setup({ onResolve }) {
    onResolve({ filter: /^@aws-sdk\/(client-lambda|credential-providers)$/ }, ({ importer }) =>
      importer.includes('aws-local-stepfunctions') ? { path: resolve('local/engine/no-aws.ts') } : undefined,
    );
  },
};

await build({
  entryPoints: {
    demand: 'cli/demand.ts',
    sync: 'cli/sync.ts',
    aws: 'cli/aws/commands.ts',
    serve: 'cli/local/serve.ts',
  },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  // Node 20 is the oldest that may start `demand`; npm scripts run on the 22 of node_modules.
  target: 'node20',
  format: 'cjs',
  banner: { js: '#!/usr/bin/env node' },
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [laterInFilesOfTheirOwn, engineWithoutAws],
});

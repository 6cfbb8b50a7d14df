import { resolve } from 'node:path';
import { build } from 'esbuild';

/** Modules that `demand` loads for some verbs only. Each module is a separate bundle, so other verbs start faster. */
const LATER = {
  './sync': 'sync',
  './aws/commands': 'aws',
  './serve': 'serve',
  './stage-rules': 'stage-rules',
};

const laterInFilesOfTheirOwn = {
  name: 'later',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/(sync|serve|stage-rules|aws\/commands)$/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path: `./${LATER[path]}.js`, external: true } : undefined,
    );
  },
};

/** The local engine can call Lambda in AWS. `demand` never does, and those clients load longer than a local run takes. */
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
    'stage-rules': 'cli/stage-rules.ts',
  },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  // ES modules first: they shake, and the files are a quarter smaller.
  mainFields: ['module', 'main'],
  // Node 20 is the oldest version that may start `demand`. npm scripts run on Node 22 of node_modules.
  target: 'node20',
  format: 'cjs',
  // `require` in place of `import()`: Node reads a CommonJS file twice to import it.
  supported: { 'dynamic-import': false },
  banner: { js: '#!/usr/bin/env node' },
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [laterInFilesOfTheirOwn, engineWithoutAws],
});

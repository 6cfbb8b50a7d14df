/**
 * What one of our functions loads by `import()` is a file of its own beside its bundle. In the bundle every cold start
 * would read it, which takes longer than to run it.
 *
 * The file has copies of what both need: an error that it throws is known by its name, not by its class.
 */
const { basename, dirname, join } = require('node:path');
const { build } = require('esbuild');

const FUNCTIONS = join(dirname(__dirname), 'functions');

const splitDynamicImports = {
  name: 'split-dynamic-imports',
  setup({ initialOptions, onResolve, onEnd }) {
    const { plugins: _, entryPoints: __, ...options } = initialOptions;
    const files = {};
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import' || !resolveDir.startsWith(FUNCTIONS)) return undefined;
      // serverless-esbuild packs with `handler.js` what is called `handler.*`, and with no other function's.
      const name = `handler.${basename(path)}`;
      files[name] = join(resolveDir, path);
      return { path: `./${name}.js`, external: true };
    });
    onEnd(async () => {
      if (Object.keys(files).length > 0) await build({ ...options, entryPoints: files });
    });
  },
};

module.exports = [splitDynamicImports];

/**
 * Makes a separate file for each module that a function loads by `import()`. Inside the bundle every cold start would
 * read the module, which takes longer than running it.
 *
 * The file has its own copies of shared modules, so the bundle knows its errors by name, not by class.
 */
const { basename, dirname, join } = require('node:path');
const { build } = require('esbuild');
const packageVersions = require('./package-versions.cjs');

const FUNCTIONS = join(dirname(__dirname), 'functions');

module.exports = {
  name: 'split-dynamic-imports',
  setup({ initialOptions, onResolve, onEnd }) {
    const { plugins: _, entryPoints: __, ...options } = initialOptions;
    const files = {};
    onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import' || !resolveDir.startsWith(FUNCTIONS)) return undefined;
      // serverless-esbuild packs files named `handler.*` with this function's `handler.js`, and with no other.
      const name = `handler.${basename(path)}`;
      files[name] = join(resolveDir, path);
      return { path: `./${name}.js`, external: true };
    });
    onEnd(async () => {
      if (Object.keys(files).length > 0)
        await build({ ...options, entryPoints: files, plugins: [packageVersions] });
    });
  },
};

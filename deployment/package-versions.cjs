/**
 * Keeps only the version of an SDK package's `package.json` in a bundle. The SDK reads nothing else of it, for its
 * User-Agent header. The whole file is 2 KB for each client.
 */
const { readFileSync } = require('node:fs');

module.exports = {
  name: 'package-versions',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@aws-sdk[\\/][^\\/]+[\\/]package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** The plugins of the bundles. serverless-esbuild reads them from one file. */
module.exports = [require('./split-dynamic-imports.cjs'), require('./package-versions.cjs')];

/** Where the framework, which reads no TypeScript, meets what is written in it. */
const { existsSync, readFileSync } = require('node:fs');
const { dirname, join, resolve } = require('node:path');

const PROJECT = dirname(__dirname);

/** The exports of a TypeScript module in this folder. */
function load(name) {
  const file = join(__dirname, name);
  const { outputFiles } = require('esbuild').buildSync({
    entryPoints: [file],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
  });
  const compiled = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(compiled, compiled.exports, require);
  return compiled.exports;
}

/**
 * A stage's own file, wherever DEPLOYMENT_CONFIG says it is, or the one that stands in: the whole file or none, lest it
 * mount another stage's file system.
 */
function readConfigFile(stage) {
  const own = process.env.DEPLOYMENT_CONFIG || join('config', `${stage}.yml`);
  const file = existsSync(resolve(PROJECT, own)) ? own : join('config', 'default.yml');
  return { file, given: require('yaml').parse(readFileSync(resolve(PROJECT, file), 'utf8')) };
}

module.exports = { load, readConfigFile };

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
 * The file that DEPLOYMENT_CONFIG names, or a stage's own, or the one that stands in: the whole file or none, lest it
 * mount another stage's file system.
 *
 * @throws when it cannot be read, or is no YAML
 */
function readConfigFile(stage) {
  const own = join('config', `${stage}.yml`);
  const fallback = existsSync(join(PROJECT, own)) ? own : join('config', 'default.yml');
  const file = process.env.DEPLOYMENT_CONFIG || fallback;
  return { file, given: parsed(read(file), file) };
}

function read(file) {
  try {
    return readFileSync(resolve(PROJECT, file), 'utf8');
  } catch ({ message }) {
    throw new Error(
      `${file} cannot be read (${message}). DEPLOYMENT_CONFIG, where it is set, is a path from the root of the clone`,
    );
  }
}

function parsed(text, file) {
  try {
    return require('yaml').parse(text);
  } catch ({ message }) {
    throw new Error(`${file} is not YAML: ${message}`);
  }
}

module.exports = { load, readConfigFile };

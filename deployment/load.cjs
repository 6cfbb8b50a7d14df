/** Loads TypeScript modules for the framework, which cannot read TypeScript. */
const { existsSync, readFileSync } = require('node:fs');
const { dirname, join, resolve } = require('node:path');

const PROJECT = dirname(__dirname);

/** Returns the exports of a TypeScript module in this folder. */
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
 * Reads the file that DEPLOYMENT_CONFIG names, else the stage's own file, else `config/default.yml`. Files are never
 * merged: otherwise a stage could mount the file system of another stage.
 *
 * @throws Error when the file cannot be read, or is not YAML
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
      `${file} cannot be read (${message}). A path in DEPLOYMENT_CONFIG is relative to the root of the clone`,
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

const { load, readConfigFile } = require('./load.cjs');

/** Returns the value of `custom.stack` in serverless.yml. */
module.exports = async ({ resolveVariable }) => {
  const stage = await resolveVariable('sls:stage');
  try {
    const { file, given } = readConfigFile(stage);
    return load('stack.ts').stackOf(given, file, stage);
  } catch (error) {
    // The framework prints an error's stack instead of its message.
    error.stack = error.message;
    throw error;
  }
};

const { load, readConfigFile } = require('./load.cjs');

/** `custom.stack` of serverless.yml. */
module.exports = async ({ resolveVariable }) => {
  const stage = await resolveVariable('sls:stage');
  try {
    const { file, given } = readConfigFile(stage);
    return load('stack.ts').stackOf(given, file, stage);
  } catch (error) {
    // The framework shows the stack, if there is one, rather than the message.
    error.stack = error.message;
    throw error;
  }
};

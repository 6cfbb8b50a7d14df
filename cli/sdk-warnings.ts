/**
 * Turns off the AWS SDK's warning about the version of Node. The package keeps its version of the SDK, so the reader of
 * the warning can do nothing. Each module that loads the SDK imports this module first.
 */
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

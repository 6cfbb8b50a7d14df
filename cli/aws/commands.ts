/** The verbs on AWS, as one module that is loaded for the first of them. */
export { cancelCommand } from './cancel';
export { logsCommand } from './logs';
export { listCommand, statusCommand, watchCommand } from './status';
export { submitCommand } from './submit';

/** The verbs about AWS, in one piece that is loaded when one of them is asked for. */
export { cancelCommand } from './cancel';
export { logsCommand } from './logs';
export { listCommand, statusCommand, watchCommand } from './status';
export { submitCommand } from './submit';

/** The verbs on AWS, in one module. `demand` loads it when it runs one of these verbs. */
import '../sdk-warnings';

export { cancelCommand } from './cancel';
export { logsCommand } from './logs';
export { listCommand, statusCommand, watchCommand } from './status';
export { submitCommand } from './submit';
export { sweepStageCommand } from './sweep';

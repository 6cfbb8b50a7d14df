/** The verbs on AWS, in one module. `demand` loads it when it runs one of these verbs. */
import '../sdk-warnings';

export { cancelCommand } from './cancel';
export { listKeptOnStageCommand } from './kept';
export { logsCommand } from './logs';
export { resumeOnStageCommand } from './resume';
export { listCommand, statusCommand, watchCommand } from './status';
export { submitCommand } from './submit';
export { sweepStageCommand } from './sweep';

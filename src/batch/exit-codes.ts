/** The causes that an exit code tells, when no reason of AWS and no line of the log says more. */
import { type JobCause, MORE_MEMORY } from './job-cause';

/**
 * https://www.gnu.org/software/bash/manual/html_node/Exit-Status.html
 * https://docs.docker.com/engine/containers/run/#exit-status (125)
 * https://www.gnu.org/software/coreutils/manual/html_node/timeout-invocation.html (124)
 * https://man7.org/linux/man-pages/man7/signal.7.html (128 and the number of a signal)
 */
export const EXIT_CODES: readonly JobCause[] = [
  { exitCode: 1, happened: 'a program failed', next: 'Read its last lines in the log of the job' },
  {
    exitCode: 2,
    happened: 'a program failed, in most cases because of the arguments it was given',
    next: "Check the demand's command, and the last lines in the log of the job",
  },
  {
    exitCode: 124,
    happened: 'the program `timeout` ended another program, which took too long',
    next: "Raise the time limit in the demand's command",
  },
  {
    exitCode: 125,
    happened: 'docker could not start the container',
    next: 'Read the message of docker in the log of the job',
  },
  {
    exitCode: 126,
    happened: 'a program could not be started',
    next: 'Make it executable, or run it through its interpreter. If it is executable, give it shorter arguments',
  },
  {
    exitCode: 127,
    happened: 'a program was not found',
    next: "Install it where the job runs, or correct its name in the demand's command",
  },
  { exitCode: 130, happened: 'SIGINT interrupted it', next: 'Submit the demand again' },
  {
    exitCode: 132,
    happened: 'it used an instruction that the processor of the host does not have (SIGILL)',
    next: 'Build its programs for an older processor, or use a job queue with newer instances',
  },
  {
    exitCode: 134,
    happened: 'a program aborted itself (SIGABRT), as a failed assertion or a lack of memory makes it do',
    next: 'Read its last lines in the log of the job',
  },
  {
    exitCode: 135,
    happened:
      'a program read memory that has no storage behind it (SIGBUS), such as a file that became shorter',
    next: 'Check that nothing else writes to its inputs',
  },
  {
    exitCode: 136,
    happened: 'a program divided by zero, or computed out of range (SIGFPE)',
    next: 'Check its inputs, and report it to its authors',
  },
  {
    exitCode: 137,
    happened: 'it was killed (SIGKILL), in most cases because memory ran out',
    next: `${MORE_MEMORY}, unless somebody stopped the job`,
  },
  {
    exitCode: 139,
    happened: 'a program read memory that is not its own (SIGSEGV)',
    next: 'Check its inputs, and report it to its authors',
  },
  {
    exitCode: 141,
    happened: 'a program wrote to a pipe that nothing reads any more (SIGPIPE)',
    next: 'Let the reader of the pipe read to its end, or begin the command with `set +o pipefail;`',
  },
  {
    exitCode: 143,
    happened: 'it was told to stop (SIGTERM)',
    next: 'Find out who stopped the job. If nobody did, submit the demand again',
  },
];

/**
 * The part of a job's command that passes SIGTERM on.
 *
 * Batch asks a job to stop by SIGTERM to the first process of its container, and kills the container 30 s later. The first
 * process is bash. Linux gives it no signal without a trap, and bash gives none to its children.
 * https://man7.org/linux/man-pages/man7/pid_namespaces.7.html
 */

/**
 * Returns a script that runs the user's commands and passes SIGTERM on to their programs.
 *
 * The shell ends after the commands and with their exit code, so a program has its 30 s. The commands after the stopped
 * program do not run: the exit code is then 143. As the first process, or as the child of an init process, the shell gets
 * the signal alone and sends it to its process group. Everywhere else the runner has sent it to the whole group.
 */
export function passSigterm(commands: string): string {
  return [
    `trap 'trap "" TERM; [ $$ != 1 ] && [ $PPID != 1 ] || kill -s TERM 0' TERM`,
    // The commands run in the background, as bash starts a trap only after a command in the foreground. A background
    // command ignores the other two signals otherwise.
    `{ trap - INT QUIT; trap 'exit 143' TERM`,
    commands,
    '} <&0 &',
    // The trap interrupts the wait.
    'while :; do wait $!; _status=$?; kill -0 $! 2>/dev/null || exit $_status; done',
  ].join('\n');
}

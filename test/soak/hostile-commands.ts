/** Commands of jobs that fail, misbehave, or attack, and the end of their demands. */
export interface HostileJob {
  readonly name: string;
  readonly command: string;
  readonly status: 'SUCCEEDED' | 'FAILED';
  /** True: the directory stays, as it has files that are not stored. */
  readonly keeps?: boolean;
}

const COPY = 'cp ${DATA} ${OUT}';

export const HOSTILE_JOBS: readonly HostileJob[] = [
  { name: 'fails', command: 'exit 3', status: 'FAILED' },
  { name: 'kills itself', command: 'kill -9 $$', status: 'FAILED' },
  { name: 'writes many lines', command: `seq 20000; ${COPY}`, status: 'SUCCEEDED' },
  {
    name: 'writes a long line',
    command: `head -c 2000000 /dev/zero | tr '\\0' x; ${COPY}`,
    status: 'SUCCEEDED',
  },
  { name: 'leaves a daemon', command: `(setsid sleep 600 &); ${COPY}`, status: 'SUCCEEDED' },
  {
    name: 'writes names of the service',
    command: `${COPY}; touch .demand.verified .demand.kept`,
    status: 'SUCCEEDED',
  },
  {
    name: 'writes names that are not UTF-8',
    command: `${COPY}; mkdir $'d\\xff'; touch $'d\\xff/f\\xfe'`,
    status: 'SUCCEEDED',
  },
  { name: 'links out of its directory', command: 'ln -s / ${OUT}', status: 'FAILED', keeps: true },
  { name: 'links its output to the input', command: 'ln -s ${DATA} ${OUT}', status: 'SUCCEEDED' },
  { name: 'removes its inputs', command: 'rm -f ${DATA}', status: 'FAILED' },
  {
    name: 'takes all rights away',
    command: `${COPY}; mkdir x; touch x/y; chmod -R 000 x`,
    status: 'SUCCEEDED',
  },
];

/** `demand local serve`: runs the local API in the foreground until a signal stops it. */
import '../sdk-warnings';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { type LocalApi, startLocalApi } from '../../local/api/local-api';
import { seedBuckets } from '../../local/api/seed';
import { RUNNERS } from '../../local/batch/runners';
import { err, out } from '../output/output';
import { EXIT } from '../refusal';
import { mistakesIn } from './check';
import { instructions } from './instructions';
import { type LocalOptions, OPEN_STAGE } from './options';
import { type Claim, claimRoot, tellStopping } from './ownership';
import { privacyWarnings } from './privacy';
import { forgetState, type RunningApi, writeRunning } from './state';

export async function serveCommand(options: LocalOptions): Promise<number> {
  const mistakes = mistakesIn(options);
  if (mistakes.length > 0) {
    err.lines(mistakes);
    return EXIT.refused;
  }
  const root = resolve(options.root);
  const failure = await serve(options, await claimRoot(root));
  if (failure === undefined) return EXIT.ok;
  err.message(`${failure} The local API stops. Its objects and executions are lost: start it again`);
  return EXIT.failed;
}

/** Serves until a signal comes. @returns the reason when the API cannot serve any longer */
async function serve(options: LocalOptions, claim: Claim): Promise<string | undefined> {
  const api = await start(options, claim.root);
  try {
    const { endpoint, region, credentials } = api;
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    await seedBuckets({ folder: options.seed, buckets: options.bucket }, client);
    const running: RunningApi = {
      ...claim.owner,
      endpoint,
      region,
      credentials,
      stateMachineArn: api.resources.get('DemandExecutionStateMachine') ?? '',
    };
    const told = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]).then(() => undefined);
    await writeRunning(claim, running);
    out.text(instructions(running, options, process.env));
    err.lines(await privacyWarnings(claim.root));
    return await Promise.race([told, api.ended]);
  } finally {
    await Promise.allSettled([tellStopping(claim), forgetState(claim)]);
    await api.stop();
  }
}

async function start(options: LocalOptions, root: string): Promise<LocalApi> {
  const Runner = RUNNERS[options.runner];
  try {
    return await startLocalApi({
      project: resolve(options.project),
      root,
      stage: options.stage,
      runner: new Runner(process.env, async () => undefined),
      hasContainers: options.runner === 'docker',
      port: options.port,
      hasEveryBucket: options.stage === OPEN_STAGE,
      log: (source, line) => out.outputLine(line, {}, `${source}: `),
    });
  } catch (error) {
    if (Object(error).code !== 'EADDRINUSE') throw error;
    throw new Error(
      `Port ${options.port} is taken. Give another --port, or leave --port out for any free port`,
    );
  }
}

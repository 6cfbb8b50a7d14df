/** Checks a demand before it is submitted: as `demand validate` does, on S3 instead of folders. */
import { S3Client } from '@aws-sdk/client-s3';
import { awsStores } from '../../src/adapters/stores';
import type { ErrorVerdict } from '../../src/context/inputs';
import { ANY_SECRET } from '../../src/demand/secret-rules';
import { inputSizeProblems } from '../../src/demand/size';
import { DemandError, DemandValidationError, describeError, type Problem } from '../../src/errors';
import { envBaseOf } from '../../src/machines/names';
import { type DemandRules, UNRESTRICTED } from '../../src/rules/model';
import { examine } from '../../src/steps/normalise';
import type { Stores } from '../../src/transfer/store';
import { readRulesOfStage } from '../stage-rules';
import { clientSettings } from './api';
import type { SubmitOptions } from './options';

/** Errors with which S3 answers everybody about a bucket. */
const ANSWERS: ReadonlySet<string> = new Set(['NoSuchBucket', 'InvalidBucketName']);

export interface Checked {
  readonly problems: readonly Problem[];
  readonly executionId: string;
}

/** Checks a demand or a scaffolding request. Pointers of its problems are into the document as it was given. */
export async function checkDocument(document: unknown, options: SubmitOptions): Promise<Checked> {
  const settings = {
    envBase: envBaseOf(options.stage),
    region: options.region ?? '',
    allowFileRemotes: false,
    // The service has the lists of its stage, and refuses by them.
    accessPoints: 'unknown' as const,
    allowedSecrets: ANY_SECRET,
    rules: await knownRules(options),
  };
  const tooLarge = inputSizeProblems(document);
  if (tooLarge.length > 0) return { executionId: '', problems: tooLarge };
  const { problems, request } = await examine(document, {
    stores: s3Stores(options),
    signal: new AbortController().signal,
    verdictOn,
    settings,
  });
  return { executionId: request?.demandExecution.executionId ?? '', problems };
}

/** Without the file of its configuration, only the stage itself knows its rules. */
async function knownRules({ stage, stateMachine }: SubmitOptions): Promise<DemandRules> {
  if (stateMachine !== undefined) return UNRESTRICTED;
  const read = await readRulesOfStage(stage);
  if (read.status === 'MISTAKEN') throw new DemandValidationError([read.problem]);
  return read.status === 'READ' ? read.rules : UNRESTRICTED;
}

function s3Stores(options: SubmitOptions): Stores {
  const isOwn = (options.endpointUrl ?? process.env.AWS_ENDPOINT_URL) !== undefined;
  const s3Client = new S3Client({ ...clientSettings(options), forcePathStyle: isOwn });
  return awsStores(s3Client, []);
}

/** The caller may lack the right to read the inputs. The service checks them again, with its own rights. */
function verdictOn(error: unknown): ErrorVerdict {
  const isAnswer = error instanceof DemandError || ANSWERS.has(describeError(error).name);
  return isAnswer ? 'mistake' : 'unknown';
}

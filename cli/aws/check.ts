/** All that can be said about a demand before it is sent: what `demand validate` says, with S3 for its folders. */
import { S3Client } from '@aws-sdk/client-s3';
import { awsStores } from '../../src/adapters/stores';
import { describeError, type Problem } from '../../src/errors';
import { examine } from '../../src/steps/normalise';
import type { Stores } from '../../src/transfer/store';
import { clientSettings } from './api';
import type { SubmitOptions } from './options';

/** S3's own answers; any other error is of the asking, and the service asks again with rights of its own. */
const ANSWERS: ReadonlySet<string> = new Set(['NoSuchBucket', 'InvalidBucketName', 'UnsafePath']);

export interface Checked {
  readonly problems: readonly Problem[];
  readonly executionId: string;
}

/** Pointers are into the document as it was given. */
export async function checkDocument(document: unknown, options: SubmitOptions): Promise<Checked> {
  const surroundings = {
    envBase: `${options.stage}-demand`,
    region: options.region ?? '',
    allowFileRemotes: false,
  };
  const { problems, request } = await examine(document, {
    ...surroundings,
    stores: lenient(s3Stores(options)),
    signal: new AbortController().signal,
  });
  const executionId = request?.demandExecution.executionId ?? '';
  const told = problems.filter(({ message }) => !message.includes(`(${LEFT}: `));
  return { executionId, problems: told };
}

function s3Stores(options: SubmitOptions): Stores {
  const isOwn = (options.endpointUrl ?? process.env.AWS_ENDPOINT_URL) !== undefined;
  const s3Client = new S3Client({ ...clientSettings(options), forcePathStyle: isOwn });
  return awsStores({ s3Client, mounts: [], folders: [] });
}

const LEFT = 'LeftToTheService';

class LeftToTheService extends Error {
  override readonly name = LEFT;
}

/** Who submits need not be able to read the inputs: that is the service's. */
function lenient(stores: Stores): Stores {
  return {
    open(location) {
      const store = stores.open(location);
      return Object.assign(Object.create(store), {
        async *list(...args: Parameters<typeof store.list>) {
          try {
            yield* store.list(...args);
          } catch (error) {
            const { name, message } = describeError(error);
            throw ANSWERS.has(name) ? error : new LeftToTheService(message);
          }
        },
      });
    },
  };
}

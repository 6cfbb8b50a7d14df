/** `demand sync SRC DST`: runs the transfer engine by hand. */
import './sdk-warnings';
import { openPlaces, readPlace } from '../local/sync/places';
import { UNLIMITED_TIME } from '../local/world/call-time';
import { DemandCancelled, DemandValidationError, describeError } from '../src/errors';
import { previewTransfer } from '../src/transfer/preview';
import { type DataSyncRequest, readDataSyncRequest } from '../src/transfer/request';
import { syncData } from '../src/transfer/sync';
import { cancelOnSignals } from './cancel';
import type { SyncOptions } from './options';
import { out } from './output/output';
import { EXIT, withRefusals } from './refusal';
import { SyncJsonView, SyncTerminalView, SyncTextView, type SyncView } from './sync-view';

export function syncCommand(source: string, destination: string, options: SyncOptions): Promise<number> {
  const sync = async () => {
    const request = toRequest(source, destination, options);
    const signal = cancelOnSignals();
    const view = viewFor(options.json);
    try {
      const { verified, ...places } = await openPlaces(process.env, signal);
      const world = options.record ? { ...places, verified } : places;
      if (options.dryRun) view.preview(await previewTransfer(request, world));
      else
        view.finished(
          await syncData(request, undefined, {
            ...world,
            time: UNLIMITED_TIME,
            report: (progress) => view.progress(progress),
          }),
        );
      return EXIT.ok;
    } catch (error) {
      if (error instanceof DemandValidationError) throw error;
      view.failed(explain(error));
      return signal.aborted ? EXIT.cancelled : EXIT.failed;
    }
  };
  return withRefusals(options.json, sync, 'request');
}

function toRequest(source: string, destination: string, options: SyncOptions): DataSyncRequest {
  return readDataSyncRequest({
    source_path: readPlace(source),
    destination_path: readPlace(destination),
    filter_config: { include: options.include, exclude: options.exclude },
    delete: options.delete,
    size_only: !options.checksum,
    max_concurrency: options.concurrency,
    include_detailed_response: true,
  });
}

function viewFor(json: boolean): SyncView {
  if (json) return new SyncJsonView(out, Date.now);
  return out.isTerminal ? new SyncTerminalView(out, Date.now) : new SyncTextView(out, Date.now);
}

function explain(error: unknown): { readonly error: string; readonly message: string } {
  const { name, message } = describeError(error);
  if (error instanceof DemandCancelled) return { error: name, message: `${message}; copied files stay` };
  const hint = HINTS[name] ?? HINTS[message];
  return { error: name, message: hint === undefined ? message : `${message}. ${hint}` };
}

/** The next step, by the name of an error, or by its message when the SDK gives no name. */
const HINTS: Readonly<Record<string, string>> = {
  'Region is missing': 'Set AWS_REGION, or a region in the profile',
  CredentialsProviderError:
    'Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in (aws sso login)',
  AccessDenied:
    'The identity in use needs s3:ListBucket on the bucket, and s3:GetObject or s3:PutObject on the keys',
  NoSuchBucket: 'Check the name of the bucket, and AWS_ENDPOINT_URL where it is set',
  PermanentRedirect: 'The bucket is in another region: set AWS_REGION',
};

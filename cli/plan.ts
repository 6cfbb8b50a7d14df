import { type DemandPlan, planDemand } from '../local/execution/plan';
import { LocalRoot } from '../local/world/root';
import { readDocument } from './document';
import { formatBytes, formatFiles } from './format';
import { type RunCommandOptions, stageOptions } from './options';
import { out } from './output/output';
import { EXIT, withRefusals } from './refusal';

/** `demand plan FILE`: shows the mounts, copies, job and removals of a run. */
export function planCommand(file: string, options: RunCommandOptions): Promise<number> {
  return withRefusals(options.json, async () => {
    const plan = await planDemand(await readDocument(file), {
      ...options,
      ...(await stageOptions(options)),
      root: new LocalRoot(options.root),
      inlineLimits: { maxBytes: options.inlineMaxBytes, maxFiles: options.inlineMaxFiles },
      signal: new AbortController().signal,
    });
    if (options.json) out.json({ type: 'plan', ...plan });
    else out.lines(planLines(plan, options.stage));
    return EXIT.ok;
  });
}

function planLines(plan: DemandPlan, stage: string | undefined): string[] {
  return [
    `demand ${plan.executionId}: this plan changes nothing`,
    ...section('mount', mountLines(plan)),
    ...section('stage', stageLines(plan)),
    ...section('run', jobLines(plan)),
    ...section(
      'store',
      plan.outputs.map(
        ({ name, path, remote, isMirror }) =>
          `${name}: ${path} -> ${remote} (${isMirror ? 'a folder removes other files there' : 'other files there stay'})`,
      ),
    ),
    ...section('remove', plan.removals),
    ...section(stage === undefined ? 'rules of this machine' : `rules of the stage ${stage}`, plan.rules),
    ...section('ignored: the schema has no such fields', plan.ignoredFields),
  ];
}

function mountLines({ volumes: { scratch, shared, tmp } }: DemandPlan): string[] {
  return [scratch, shared, ...(tmp === undefined ? [] : [tmp])].map(
    ({ role, containerPath, fileSystemId, accessPointId }) =>
      `${role} at ${containerPath} (${fileSystemId}, ${accessPointId}${role === 'shared' ? ', read-only' : ''})`,
  );
}

function stageLines({ inputs }: DemandPlan): string[] {
  const lines = inputs.map(
    ({ name, path, remote, files, bytes, way }) =>
      `${name}: ${remote} -> ${path} (${formatFiles(files)}, ${formatBytes(bytes)}, ${way})`,
  );
  const total = inputs.reduce((sum, { bytes }) => sum + bytes, 0);
  return inputs.length > 1 ? [...lines, `${formatBytes(total)} in all`] : lines;
}

function jobLines({ response, job }: DemandPlan): string[] {
  const {
    image,
    command,
    environment,
    secrets = [],
    job_definition_name,
    job_queue_name,
  } = response.setup_configs.batch_create_request;
  return [
    `image ${image}`,
    `queue ${job_queue_name}`,
    `definition ${job_definition_name}`,
    ...retryLines(job),
    `command ${command.at(-1)}`,
    ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    ...secrets.map(({ name, valueFrom }) => `${name} from ${valueFrom}`),
  ];
}

function retryLines({ attemptDurationSeconds, memory, retryRules }: DemandPlan['job']): string[] {
  const [first, ...more] = memory.map((mib) => `${mib} MiB`);
  const then = more.length === 0 ? '' : `, after a lack of memory ${more.join(', then ')}`;
  return [
    `memory ${first}${then}`,
    `time-out ${attemptDurationSeconds} s for each attempt`,
    ...retryRules.map((rule) => `rule ${rule}`),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}

/**
 * AWS DataSync for the tests: moto's wire API behind a server. The server adds behaviour that moto lacks (locations on
 * EFS, tags, the filter of ListTasks, the refusal to delete a used location), records requests, and gives scripted
 * answers that moto never gives.
 */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { DataSyncClient } from '@aws-sdk/client-datasync';
import { CLIENT_SETTINGS } from '../../../src/adapters/aws/client-settings';
import { withoutEmpty } from '../../../src/wire/json';
import { endpoint } from '../../api/endpoint';

type Fields = Record<string, unknown>;

export interface Asked {
  readonly operation: string;
  readonly input: Fields;
}

export interface Answer {
  readonly status: number;
  readonly body: Fields;
  /** Name of the error. */
  readonly error?: string;
}

/** @param real calls moto; when the script returns undefined, moto answers */
type Script = (input: Fields, real: () => Promise<Answer>) => Promise<Answer | undefined>;

export class DataSyncApi {
  readonly asked: Asked[] = [];
  readonly #scripts = new Map<string, Script>();
  readonly #tags = new Map<string, unknown>();
  readonly #server = createServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const input = JSON.parse(String(await buffer(request)));
    this.asked.push({ operation, input });
    const { status, body, error } = await this.#answer(operation, input, request.headers);
    response.writeHead(status, {
      'content-type': 'application/x-amz-json-1.1',
      ...withoutEmpty({ 'x-amzn-errortype': error }),
    });
    response.end(JSON.stringify(body));
  });

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Returns the real SDK in a region of its own: all resources there were made through this API. */
  client(region: string): DataSyncClient {
    const { port } = this.#server.address() as AddressInfo;
    return new DataSyncClient({ ...CLIENT_SETTINGS, region, endpoint: `http://127.0.0.1:${port}` });
  }

  /** Scripts the answers from now on, until {@link forget}. */
  script(operation: string, script: Script): void {
    this.#scripts.set(operation, script);
  }

  forget(): void {
    this.#scripts.clear();
    this.asked.length = 0;
  }

  inputsOf(operation: string): Fields[] {
    return this.asked.filter((each) => each.operation === operation).map(({ input }) => input);
  }

  async #answer(operation: string, input: Fields, headers: IncomingHttpHeaders): Promise<Answer> {
    const real = () => this.#real(operation, input, headers);
    const scripted = await this.#scripts.get(operation)?.(input, real);
    return scripted ?? real();
  }

  async #real(operation: string, input: Fields, headers: IncomingHttpHeaders): Promise<Answer> {
    const ask = (name: string, fields: Fields) => askMoto(name, fields, headers);
    switch (operation) {
      case 'CreateLocationS3':
      case 'CreateLocationEfs': {
        const made = await (operation === 'CreateLocationS3' ? ask(operation, input) : createEfs(input, ask));
        this.#tags.set(String(made.body.LocationArn), input.Tags ?? []);
        return made;
      }
      case 'ListTagsForResource': {
        const tags = this.#tags.get(String(input.ResourceArn));
        return tags === undefined ? invalid('not found') : { status: 200, body: { Tags: tags } };
      }
      case 'ListTasks':
        return input.Filters === undefined ? ask(operation, input) : listTasksOf(input, ask);
      case 'DeleteLocation': {
        const filter = { Filters: [{ Name: 'LocationId', Values: [input.LocationArn] }] };
        const { Tasks } = (await listTasksOf(filter, ask)).body;
        if ((Tasks as unknown[]).length > 0) return invalid('location in use');
        this.#tags.delete(String(input.LocationArn));
        return ask(operation, input);
      }
      default:
        return ask(operation, input);
    }
  }
}

export function invalid(message: string): Answer {
  return { status: 400, error: 'InvalidRequestException', body: { message } };
}

type Ask = (operation: string, input: Fields) => Promise<Answer>;

/** Makes a location in moto, with the file system in its URI as AWS writes it. */
function createEfs({ EfsFilesystemArn, Subdirectory }: Fields, ask: Ask): Promise<Answer> {
  const ServerHostname = `region.${String(EfsFilesystemArn).split('/')[1]}`;
  return ask('CreateLocationSmb', {
    ServerHostname,
    Subdirectory,
    AgentArns: [],
    User: 'none',
    Password: 'no',
  });
}

async function listTasksOf({ Filters }: Fields, ask: Ask): Promise<Answer> {
  const [{ Values } = { Values: [] }] = Filters as { Values: string[] }[];
  const { body } = await ask('ListTasks', {});
  const Tasks = [];
  for (const task of body.Tasks as { TaskArn: string }[]) {
    const told = (await ask('DescribeTask', { TaskArn: task.TaskArn })).body;
    if (
      Values.includes(String(told.SourceLocationArn)) ||
      Values.includes(String(told.DestinationLocationArn))
    )
      Tasks.push(task);
  }
  return { status: 200, body: { Tasks } };
}

async function askMoto(operation: string, input: Fields, given: IncomingHttpHeaders): Promise<Answer> {
  const { host: _, 'content-length': __, connection: ___, ...headers } = given;
  const response = await fetch(endpoint(), {
    method: 'POST',
    headers: { ...(headers as Record<string, string>), 'x-amz-target': `FmrsService.${operation}` },
    body: JSON.stringify(input),
  });
  const body = (await response.json()) as Fields;
  const error = response.headers.get('x-amzn-errortype') ?? (body.__type as string | undefined);
  return { status: response.status, body, ...withoutEmpty({ error }) };
}

export function useDataSyncApi(): DataSyncApi {
  const api = new DataSyncApi();
  beforeAll(() => api.listen());
  afterAll(() => api.close());
  afterEach(() => api.forget());
  return api;
}

/** The files in `schemas/generated/`, by file name. */
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { deploymentConfigSchema } from '../deployment/config';
import { bothCasesSchema, snakeCaseSchema } from './json-schema';
import { PUBLIC_SCHEMAS } from './public';

const NOTICE = 'Generated from the schemas in src/ by `npm run schemas`. Do not edit.';

export async function generateFiles(): Promise<Record<string, string>> {
  return { ...schemaFiles(), ...configurationFile(), 'index.d.ts': await typesFile() };
}

function schemaFiles(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(PUBLIC_SCHEMAS).map(([title, { schema, description, isWritten = false }]) => {
      const $schema = 'http://json-schema.org/draft-07/schema#';
      const document = {
        $schema,
        $comment: NOTICE,
        title,
        description,
        ...(isWritten ? snakeCaseSchema(schema) : bothCasesSchema(schema)),
      };
      return [`${kebabCase(title)}.schema.json`, `${JSON.stringify(document, null, 2)}\n`];
    }),
  );
}

/** Returns the schema of `config/<stage>.yml`: one spelling of each field, and no unknown fields. */
function configurationFile(): Record<string, string> {
  const $schema = 'http://json-schema.org/draft-07/schema#';
  const about = {
    title: 'DeploymentConfig',
    description: 'The resources that a stage uses, and the resources that its stack creates.',
  };
  const $comment = NOTICE.replace('src/', 'deployment/');
  const document = { $schema, $comment, ...about, ...snakeCaseSchema(deploymentConfigSchema) };
  return { 'deployment-config.schema.json': `${JSON.stringify(document, null, 2)}\n` };
}

async function typesFile(): Promise<string> {
  const types = await Promise.all(
    Object.entries(PUBLIC_SCHEMAS).map(([title, { schema, description }]) =>
      compile(withNamedTypes({ ...snakeCaseSchema(schema), description } as JSONSchema), title, {
        bannerComment: '',
        additionalProperties: false,
        // For a list that must not be empty the type would be a tuple, which refuses every `string[]`.
        ignoreMinAndMaxItems: true,
        style: { singleQuote: true, printWidth: 110 },
      }),
    ),
  );
  return `/** ${NOTICE} */\n\n${types.join('\n')}`;
}

/** Fields that hold another public type, which would else be written out once more. */
const NAMED: Readonly<Record<string, JSONSchema>> = {
  demand_execution: { tsType: 'DemandExecution' },
  requests: { tsType: 'string | DataSyncRequest[]' },
};

function withNamedTypes({ properties = {}, ...schema }: JSONSchema): JSONSchema {
  const named = Object.entries(properties).map(([name, field]) => [name, NAMED[name] ?? field]);
  return { ...schema, properties: Object.fromEntries(named) };
}

function kebabCase(title: string): string {
  return title.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}

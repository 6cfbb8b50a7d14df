/** The two spellings of a field: `someName` in the code, `some_name` on the wire. */

/** Returns `outputS3Prefix` for `output_s3_prefix`. Other characters stay as they are. */
export function toCamelCase(snake: string): string {
  return snake.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Returns `output_s3_prefix` for `outputS3Prefix`. A digit gets no `_` before it. */
export function toSnakeCase(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Schemas for the fields of requests that hold a location, or the text of a location. */
import * as v from 'valibot';
import { text, writing } from '../wire/schema';
import type { Codec } from '../wire/types';
import { LOCATION_FORMS, type Location, textOf, tryParseLocation } from './location';
import { S3_URI } from './schemes/s3';

/** A location. The writer gives back the text that was read, see {@link textOf}. */
export function location() {
  const schema = v.pipe(
    text(),
    v.rawTransform<string, Location>(({ dataset, addIssue, NEVER }) => {
      const parsed = tryParseLocation(dataset.value);
      if (parsed !== undefined) return parsed;
      addIssue({ message: LOCATION_FORMS });
      return NEVER;
    }),
  );
  return writing(schema, textOf) as v.GenericSchema as Codec<Location, string>;
}

/** The text of a location in S3. */
export function s3Uri(expected = 'an s3:// uri') {
  return v.pipe(text(expected), v.regex(S3_URI, expected));
}

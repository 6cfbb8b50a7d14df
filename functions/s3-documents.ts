/** Reads and writes JSON documents in S3. The first document loads the S3 client: most calls have no document. */
const load = () => import('./s3-documents-loaded');

export const s3Documents = {
  readJson: async (uri: string) => (await load()).readJson(uri),
  writeJson: async (uri: string, document: unknown) => (await load()).writeJson(uri, document),
};

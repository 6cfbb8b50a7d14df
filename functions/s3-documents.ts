/** JSON documents in S3, by a client that the first of them loads: most calls have none. */
const load = () => import('./s3-documents-loaded');

export const s3Documents = {
  readJson: async (uri: string) => (await load()).readJson(uri),
  writeJson: async (uri: string, document: unknown) => (await load()).writeJson(uri, document),
};

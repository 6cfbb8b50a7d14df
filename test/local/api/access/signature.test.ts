/** The examples of AWS's documentation: their signatures come from another program. */
import { readClaim } from '../../../../local/api/access/claim';
import { Signatures } from '../../../../local/api/access/signature';

const IAM_KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const S3_KEYS = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const HOST = 'examplebucket.s3.amazonaws.com';

const inHeader = (scope: string, signedHeaders: string, signature: string) =>
  `AWS4-HMAC-SHA256 Credential=${scope}/aws4_request, SignedHeaders=${signedHeaders}, Signature=${signature}`;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html and sigv4-query-string-auth.html */
const EXAMPLES = {
  'a request of the Query protocol': {
    credentials: IAM_KEYS,
    method: 'GET',
    path: '/',
    search: 'Action=ListUsers&Version=2010-05-08',
    headers: {
      authorization: inHeader(
        'AKIDEXAMPLE/20150830/us-east-1/iam',
        'content-type;host;x-amz-date',
        '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
      ),
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      host: 'iam.amazonaws.com',
      'x-amz-date': '20150830T123600Z',
    },
    hash: EMPTY_HASH,
  },
  'an object of S3, with a date and a storage class': {
    credentials: S3_KEYS,
    method: 'PUT',
    path: '/test%24file.text',
    search: '',
    headers: {
      authorization: inHeader(
        'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3',
        'date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class',
        '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
      ),
      date: 'Fri, 24 May 2013 00:00:00 GMT',
      host: HOST,
      'x-amz-content-sha256': '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
      'x-amz-date': '20130524T000000Z',
      'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    },
    hash: '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
  },
  'a query without a value': {
    credentials: S3_KEYS,
    method: 'GET',
    path: '/',
    search: 'lifecycle',
    headers: {
      authorization: inHeader(
        'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3',
        'host;x-amz-content-sha256;x-amz-date',
        'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
      ),
      host: HOST,
      'x-amz-content-sha256': EMPTY_HASH,
      'x-amz-date': '20130524T000000Z',
    },
    hash: EMPTY_HASH,
  },
  'a presigned URL': {
    credentials: S3_KEYS,
    method: 'GET',
    path: '/test.txt',
    search: [
      'X-Amz-Algorithm=AWS4-HMAC-SHA256',
      'X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request',
      'X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host',
      'X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    ].join('&'),
    headers: { host: HOST },
    hash: 'UNSIGNED-PAYLOAD',
  },
};

test.each(Object.entries(EXAMPLES))(
  'the signature of %s is right, and wrong for another secret',
  async (_, example) => {
    const { credentials, method, path, search, headers, hash } = example;
    const query = new URLSearchParams(search);
    const claim = readClaim(headers, query);
    const all: Readonly<Record<string, string>> = headers;
    const signedHeaders = Object.fromEntries(claim.signedHeaders.map((name) => [name, all[name] ?? '']));
    const request = { method, path, query, signedHeaders };
    const isRight = (secretAccessKey: string) =>
      new Signatures({ ...credentials, secretAccessKey }).isRight(request, claim, hash);
    expect([await isRight(credentials.secretAccessKey), await isRight('another')]).toEqual([true, false]);
  },
);

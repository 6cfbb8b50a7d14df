import { parsePage } from '../../../src/adapters/s3/s3-page';

const page = (inside: string) =>
  parsePage(Buffer.from(`<?xml version="1.0"?>\n<ListBucketResult xmlns="x">${inside}</ListBucketResult>`));

test('reads keys of any characters, sizes, versions and folders', () => {
  const found = page(`<Name>b</Name><Prefix>p/</Prefix><IsTruncated>true</IsTruncated>
    <NextContinuationToken>a&amp;b</NextContinuationToken>
    <Contents><Key>p/&lt;a&gt; &amp;amp; &#x1F600;&#233;\u{1F600}</Key><Size>12</Size><ETag>&quot;e&quot;</ETag></Contents>
    <Contents><ETag>"f"</ETag><Size>5497558138880</Size><Key>p/b</Key></Contents>
    <Contents><Key>p/c</Key><Size>0</Size></Contents>
    <CommonPrefixes><Prefix>p/d/</Prefix></CommonPrefixes>`);
  expect(found).toEqual({
    objects: [
      { key: 'p/<a> &amp; \u{1F600}é\u{1F600}', size: 12, version: '"e"' },
      { key: 'p/b', size: 5_497_558_138_880, version: '"f"' },
      { key: 'p/c', size: 0 },
    ],
    folders: ['p/d/'],
    token: 'a&b',
  });
});

test('an empty page is the last page', () => {
  expect(page('<KeyCount>0</KeyCount><IsTruncated>false</IsTruncated>')).toEqual({
    objects: [],
    folders: [],
  });
});

test.each([
  '',
  '<Error><Code>SlowDown</Code></Error>',
  '<Other/>',
  '<ListBucketResult><Contents><Key><![CDATA[a]]></Key></Contents></ListBucketResult>',
])('leaves what it does not know to the SDK: %s', (body) => {
  expect(parsePage(Buffer.from(body))).toBeUndefined();
});

test('a truncated page without a token is refused', () => {
  expect(() => page('<IsTruncated>true</IsTruncated>')).toThrow('has truncated a listing');
});

test('a broken page is refused', () => {
  expect(() => parsePage(Buffer.from('<ListBucketResult><Contents><Key>a</Key>'))).toThrow('broke off');
});

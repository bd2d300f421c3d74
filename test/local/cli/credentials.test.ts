import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCredentials } from '#local/cli/credentials.ts';
import { parseDuration } from '#local/cli/duration.ts';

let data: string;
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'zhudai-credentials-'));
  writeFileSync(
    join(data, 'credentials.json'),
    JSON.stringify({
      baseUrl: 'http://127.0.0.1:4321',
      partnerKey: 'stored',
      operatorToken: 'token',
    }),
  );
});
afterAll(() => {
  rmSync(data, { recursive: true, force: true });
});

describe('findCredentials', () => {
  it('reads what the host left in the data folder', () => {
    expect(findCredentials({ data }, {})).toEqual({
      baseUrl: 'http://127.0.0.1:4321',
      partnerKey: 'stored',
      operatorToken: 'token',
    });
  });

  it('prefers the environment to the file and flags to both', () => {
    const environment = { ZHUDAI_DATA: data, ZHUDAI_PARTNER_KEY: 'env', ZHUDAI_PORT: '5000' };
    expect(findCredentials({}, environment)).toMatchObject({
      baseUrl: 'http://127.0.0.1:5000',
      partnerKey: 'env',
      operatorToken: 'token',
    });
    expect(
      findCredentials({ partnerKey: 'flag', url: 'https://example.test/' }, environment),
    ).toMatchObject({ baseUrl: 'https://example.test', partnerKey: 'flag' });
  });

  it('assumes the default address when there is no file', () => {
    expect(findCredentials({ data: join(data, 'nowhere') }, {}).baseUrl).toBe(
      'http://127.0.0.1:4000',
    );
  });
});

describe('parseDuration', () => {
  it.each([
    { text: '30d', seconds: 2_592_000 },
    { text: '1d12h', seconds: 129_600 },
    { text: '90m', seconds: 5_400 },
    { text: '2w', seconds: 1_209_600 },
    { text: '5s', seconds: 5 },
  ])('reads $text as $seconds seconds', ({ text, seconds }) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', '30', 'd', '-1d', '1.5d', '0d', '30 d', '1y'])('refuses "%s"', (text) => {
    expect(() => parseDuration(text)).toThrow('is no duration');
  });
});

// Bodies and headers with canaries wherever a secret may stand: none is told, and what is no secret is.

import { describe, expect, test } from 'vitest';
import { maskPatterns } from '../../../privacy/mask.ts';
import type { Privacy } from '../../../privacy/policy.ts';
import type { Telling } from '../../context.ts';
import { headersOf, tellHeaders } from '../headers.ts';
import { bytesOf } from '../platform.ts';
import { isSecret, MAX_TOLD, redact, redactPairs, redactValue } from '../redact.ts';

const K = 'CANARY';
const JSON_TYPE = 'application/json; charset=utf-8';
const FORM = 'application/x-www-form-urlencoded';
const part = (name: string, value: string, more = '') =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;

const KEYS = [
  'password', 'Password', 'passwd', 'pass', 'passphrase', 'new_password', 'currentPassword', 'PASS-WORD', 'pass word', 'user[password]', 'data.password', 'pwd', 'passwort',
  'token', 'accessToken', 'access_token', 'X-Access-Token', 'refresh_token', 'id_token', 'csrfmiddlewaretoken', 'xsrf', 'csrf', 'secret', 'client_secret', 'clientSecret', 'auth', 'Authorization', 'apiKey', 'api_key', 'x-api-key', 'APIKEY', 'private_key',
  'session', 'sessionId', 'JSESSIONID', 'cookie', 'set-cookie', 'jwt', 'bearer', 'otp', 'totpCode', 'pin', 'PIN', 'userPin', 'mfa_code', 'one_time_code', 'verificationCode', 'securityAnswer',
  'card', 'cardNumber', 'card_number', 'cc-card', 'cvc', 'CVV', 'cvv2', 'csc', 'iban', 'IBAN', 'sort_code', 'account', 'accountNo', 'bank_account', 'ssn', 'SSN', 'socialSecurityNumber', 'tax_id', 'passportNo', 'drivers_license', 'insuranceNo', 'diagnosis', 'mothersMaidenName',
  'birth', 'birthDate', 'dateOfBirth', 'dob', 'email', 'E-Mail', 'e_mail', 'phone', 'phoneNumber', 'mobile', 'address', 'shippingAddress', 'address_line1', 'street', 'zip', 'postcode', 'post_code', 'latitude', 'username', 'user_name', 'firstName', 'last_name', 'fullname', 'cardholder',
  'exp', 'expiry', 'exp_month', 'cc-exp', 'expirationDate', 'expYear',
  'ｐａｓｓｗｏｒｄ', 'pässword',
]; // biome-ignore format: a list
const PLAIN_KEYS = ['id', 'status', 'quantity', 'price', 'sku', 'name', 'title', 'code', 'message', 'items', 'total', 'currency', 'page', 'sort', 'query', 'active', 'createdAt', 'type', 'color', 'size', 'expected', 'expires', 'export']; // biome-ignore format: a list

test.each(KEYS)('the key %s hides what it has', (key) => {
  expect(isSecret(key)).toBe(true);
  const nested = { a: [{ [key]: { deep: [K, { x: K }] } }], [key]: K };
  const told = [
    redact(JSON.stringify(nested), JSON_TYPE, maskPatterns),
    redact(`x=1&${encodeURIComponent(key)}=${K}`, FORM, maskPatterns),
    redact(`${part(key, K)}--b--`, 'multipart/form-data; boundary=b', maskPatterns),
    redactPairs([[key, K]], maskPatterns).join(),
    redact(JSON.stringify([{ name: key, value: K }, [key, K]]), JSON_TYPE, maskPatterns),
  ];
  for (const one of told) expect(one).toBeDefined();
  expect(told.join('\n')).not.toContain(K);
  expect(told[1]).toContain('x=1');
});

test.each(PLAIN_KEYS)('the key %s does not', (key) => {
  expect(isSecret(key)).toBe(false);
  expect(redact(JSON.stringify({ [key]: 'shown', n: 5, no: null, yes: true }), JSON_TYPE, maskPatterns)).toBe(
    `{"${key}":"shown","n":5,"no":null,"yes":true}`,
  );
});

describe('no canary is told', () => {
  test.each<[string, string, string]>([
    ['JSON in a text', JSON.stringify({ body: JSON.stringify({ password: K }) }), JSON_TYPE],
    ['JSON in JSON in JSON', JSON.stringify(JSON.stringify(JSON.stringify({ token: K }))), JSON_TYPE],
    ['JSON with a suffix', `{"password":"${K}"}`, 'application/problem+json'],
    ['JSON called text', `{"password":"${K}"}`, 'text/plain;charset=UTF-8'],
    ['JSON without a type', ` [{"password":"${K}"}]`, ''],
    ['JSON that is none', `{"password":"${K}"`, JSON_TYPE],
    ['many JSONs', `{"password":"${K}"}\n{"password":"${K}"}`, 'application/x-ndjson'],
    ['a form called text', `a=1&password=${K}`, 'text/plain'],
    ['a form in JSON', JSON.stringify({ raw: `a=1&password=${K}` }), JSON_TYPE],
    ['JSON in a form', `payload=${encodeURIComponent(JSON.stringify({ pin: K }))}`, FORM],
    ['a key beside its value', JSON.stringify([{ value: K, name: 'password' }, { field: 'card_number', v: { x: K } }]), JSON_TYPE],
    ['a key beside its value in a form', `name=password&value=${K}`, FORM],
    ['a key before its value', JSON.stringify(['password', K]), JSON_TYPE],
    ['a number', JSON.stringify({ pan: 4111111111111111, list: [4111111111111111] }).replaceAll('1'.repeat(15), K), JSON_TYPE],
    ['lines', `note\npassword: ${K}\nAuthorization: Basic ${K}\n`, 'text/plain'],
    ['a line with more', `note: the password = "${K}", and more`, 'text/plain'],
    ['JSON in a text that is cut', `log {\\"password\\": \\"${K}\\"`, 'text/plain'],
    ['a key of PEM', `-----BEGIN PRIVATE KEY-----\n${K}\n-----END PRIVATE KEY-----`, 'text/plain'],
    ['GraphQL', JSON.stringify({ query: `mutation { login(user: "${K}", pin: 1234, text: """a ${K}""") { id } } # ${K}`, variables: { input: { password: K } } }), JSON_TYPE],
    ['GraphQL without a word', JSON.stringify({ query: `{ user(name: "${K}") { id } }` }), JSON_TYPE],
    ['GraphQL as it is', `query { user(name: "${K}\\" ${K}") { id } }`, 'application/graphql'],
    ['GraphQL that does not end', `query { user(name: "${K}`, 'application/graphql'],
    ['an error that echoes', JSON.stringify({ errors: [{ message: `Variable "$p" got invalid value "${K}"; '${K}'`, extensions: { value: { x: `"${K}"` } } }] }), JSON_TYPE],
    ['a file', `${part('file', K, `; filename="${K}.txt"`)}${part('note', 'shown')}--b--`, 'multipart/form-data; boundary=b'],
    ['parts without a boundary', `password ${K}`, 'multipart/form-data'],
    ['markup', `<password>${K}</password>`, 'application/xml'],
    ['a page', `<input name=password value=${K}>`, 'text/html'],
    ['bytes', K, 'application/octet-stream'],
    ['too much', JSON.stringify({ a: 'x'.repeat(300_000), b: K }), JSON_TYPE],
    ['too deep', `${'['.repeat(60)}"${K}"${']'.repeat(60)}`, JSON_TYPE],
    ['a key made dangerous', `{"__proto__":{"password":"${K}"},"constructor":{"token":"${K}"}}`, JSON_TYPE],
  ])('%s', (_, raw, type) => {
    expect(raw).toContain(K);
    expect(redact(raw, type, maskPatterns) ?? '').not.toContain(K);
  }); // biome-ignore format: a table
});

test('without the guard a canary is told: these bodies can fail', () => {
  expect(redact(JSON.stringify({ note: K }), JSON_TYPE, maskPatterns)).toContain(K);
  expect(redact(`note=${K}`, FORM, maskPatterns)).toContain(K);
  expect(redact(`note: ${K}`, 'text/plain', maskPatterns)).toContain(K);
  expect(redact(`${part('note', K)}--b--`, 'multipart/form-data; boundary=b', maskPatterns)).toContain(K);
});

test('what looks like a secret is masked in every text, key and number', () => {
  const raw = JSON.stringify({
    'anna@example.org': 'write to anna@example.org',
    n: 4111111111111111,
    m: ['4111 1111 1111 1111'],
  });
  const told = redact(raw, JSON_TYPE, maskPatterns);
  expect(told).not.toMatch(/anna|4111/);
  expect(told).toContain('write to');
});

test('GraphQL keeps what is asked for', () => {
  const query = 'query Order($id: ID!) {\n  order(id: $id, first: 10) { total }\n}';
  const told = redact(
    JSON.stringify({ operationName: 'Order', query, variables: { id: 'o1' } }),
    JSON_TYPE,
    maskPatterns,
  );
  expect(JSON.parse(told ?? '')).toEqual({ operationName: 'Order', query, variables: { id: 'o1' } });
});

test('a value as large as it likes stops where no more is told', () => {
  const told = redactValue(
    Array.from({ length: 1e6 }, (_, i) => i),
    maskPatterns,
  );
  expect(told.length).toBeGreaterThan(MAX_TOLD);
  expect(told.length).toBeLessThan(MAX_TOLD + 100);
});

test('no accessor of the page’s is run', () => {
  let ran = 0;
  const value = { get x() { ran++; return K; }, toJSON() { ran++; return K; } }; // biome-ignore format: short
  expect(redactValue(value, maskPatterns)).not.toContain(K);
  expect(ran).toBe(0);
});

test('hostile texts take no time', () => {
  const began = performance.now();
  for (const text of ['password'.repeat(30_000), 'a'.repeat(250_000), '='.repeat(250_000), '"'.repeat(250_000), '{'.repeat(250_000), `query ${'a'.repeat(250_000)}`, `query{${'"'.repeat(250_000)}`, 'pin '.repeat(60_000), '-----BEGIN'.repeat(25_000), 'a=&'.repeat(80_000), "'".repeat(250_000)]) // biome-ignore format: a list
    for (const type of ['', JSON_TYPE, FORM, 'application/graphql', 'multipart/form-data; boundary=a', 'text/plain'])
      redact(text, type, (one) => one);
  // Seconds where one of them is quadratic, minutes where it is worse.
  expect(performance.now() - began).toBeLessThan(10_000);
});

const telling = (mode: string): Telling =>
  ({
    privacy: { mode } as Privacy,
    url: (raw: string) => raw.split('?')[0],
    text: (raw: string, max = 1000) => (mode === 'strict' ? '••••••' : maskPatterns(raw).slice(0, max)),
  }) as unknown as Telling;

test('headers: by the list, names and dots for the others, and no name that is a secret itself', () => {
  const secret = ['Authorization', 'Proxy-Authorization', 'Cookie', 'Set-Cookie', 'X-CSRF-Token', 'X-XSRF-Token', 'X-Api-Key', 'X-Auth-Token', 'X-Amz-Security-Token', 'X-Goog-Api-Key', 'X-Forwarded-For', 'X-Real-Ip', 'Forwarded', 'Www-Authenticate', 'Authentication-Info', 'Sec-Websocket-Key', 'Sec-Websocket-Protocol', 'X-Access-Token', 'X-Session-Id', 'Idempotency-Key', 'X-Anything', 'Content-Types', 'Etag2']; // biome-ignore format: a list
  const given = [...secret.map((name) => [name, K] as const), [`x-${K}-12345678`, 'x'], [`x-${'aB3'.repeat(20)}${K}`, 'x'], ['location', `https://x.test/a?token=${K}`], ['content-type', `multipart/form-data; boundary=${K}`], ['content-length', K], ['accept', { toString: () => K }]] as const; // biome-ignore format: a list
  const told = tellHeaders(telling('standard'), given);
  expect(JSON.stringify(told)).not.toMatch(/canary/i);
  for (const [i, name] of secret.entries()) expect(told[i]).toEqual([name.toLowerCase(), '••••••']);
  expect(told.slice(-6)).toEqual([['x-ca…', '••••••'], ['x-ab…', '••••••'], ['location', 'https://x.test/a'], ['content-type', 'multipart/form-data'], ['content-length', '••••••'], ['accept', '••••••']]); // biome-ignore format: a list
  expect(tellHeaders(telling('strict'), [...given, ['content-type', 'text/html; charset=utf-8'], ['date', K]])).toEqual([['content-type', 'multipart/form-data'], ['content-length', '••••••'], ['content-type', 'text/html; charset=utf-8']]); // biome-ignore format: a list
  expect(
    tellHeaders(
      telling('standard'),
      Array.from({ length: 100 }, () => ['date', 'x']),
    ),
  ).toHaveLength(64);
});

test('headers are read from whatever a page gives, without its code', () => {
  expect(headersOf(new Headers({ A: '1' }))).toEqual([['a', '1']]);
  expect(headersOf([['A', '1'], ['B', '2']])).toEqual([['A', '1'], ['B', '2']]); // biome-ignore format: short
  let ran = false;
  const own = { A: '1', get B() { ran = true; return '2'; } }; // biome-ignore format: short
  expect(headersOf(own).map(([name]) => name)).toEqual(['A', 'B']);
  expect(tellHeaders(telling('standard'), headersOf(own))[1]).toEqual(['b', '••••••']);
  expect(ran).toBe(false);
  for (const odd of [null, undefined, 5, 'text', Symbol.iterator, () => 0]) expect(headersOf(odd)).toEqual([]);
});

test.each(['', 'ascii', 'é', '€', '😀', '\ud800', 'aé€😀'.repeat(1000)])('bytes of %j', (text) => {
  const lone = text.replace(/[\ud800-\udfff](?![\udc00-\udfff])(?<![\ud800-\udbff][\udc00-\udfff])/g, '');
  expect(bytesOf(lone)).toBe(new TextEncoder().encode(lone).length);
});

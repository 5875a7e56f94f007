// Pictures and fonts: each read once, kept within bounds, refused with a reason.

import { decodeFrame, Kind, Limits } from '@ridealong/wire';
import { base64url, sha256 } from '@ridealong/wire/link';
import { Reader } from '@ridealong/wire/read';
import { describe, expect, test, vi } from 'vitest';
import { Assets, Refusal, readData, sniff } from './assets.ts';

const text = (s: string) => new TextEncoder().encode(s);

/** What is announced, by number: the order of the announcements is that of the answers. */
async function all(assets: Assets, n: number) {
  await vi.waitFor(() => expect(assets.announced(n - 1)).toBeDefined(), { timeout: 20_000 });
  const told = Array.from({ length: n }, (_, i) => {
    const { kind, payload } = decodeFrame(assets.announced(i) ?? new Uint8Array());
    const r = new Reader(payload);
    if (kind === Kind.refused) return { n: r.varint(), reason: r.u8() };
    return { n: r.varint(), hash: base64url(r.bytes(16)), size: r.varint(), mime: r.text(100) };
  });
  return told.sort((a, b) => a.n - b.n);
}

const hashOf = async (s: string) => base64url((await sha256(text(s))).subarray(0, 16));

describe('an address', () => {
  test('has one number and is read once', async () => {
    const read = vi.fn(async () => ({ bytes: text('picture'), type: 'image/png' }));
    const assets = new Assets(2, read);
    expect([1, 2, 1].map((n) => assets.url(`https://shop.test/${n}.png`, 'image'))).toEqual([1, 2, 1]);
    const hash = await hashOf('picture');
    expect(await all(assets, 2)).toEqual([
      { n: 1, hash, size: 7, mime: 'image/png' },
      { n: 2, hash, size: 7, mime: 'image/png' },
    ]);
    expect(read).toHaveBeenCalledTimes(2);
    const blob = decodeFrame((await assets.content(hash)) ?? new Uint8Array());
    expect([blob.kind, blob.epoch]).toEqual([Kind.blob, 2]);
    expect(Buffer.from(blob.payload.subarray(16)).toString()).toBe('picture');
  });

  test.each(['javascript:alert(1)', 'file:///etc/passwd', 'about:blank', '', 'ftp://x/y'])(
    'of %j is nothing to show',
    (url) => {
      const read = vi.fn();
      expect(new Assets(1, read).url(url, 'image')).toBe(0);
      expect(read).not.toHaveBeenCalled();
    },
  );

  test.each([
    ['cannot be read', async () => Promise.reject(new TypeError('Failed to fetch')), Refusal.unreadable],
    ['is no picture', async () => ({ bytes: text('<html>'), type: 'text/html' }), Refusal.missing],
    [
      'is no picture without a login elsewhere',
      async () => ({ bytes: text('<html>'), type: 'text/html' }),
      Refusal.unreadable,
      'https://elsewhere.test',
    ],
  ])('that %s is refused', async (_, read, reason, origin = 'https://shop.test') => {
    vi.stubGlobal('location', { origin: 'https://shop.test' });
    const assets = new Assets(1, read);
    assets.url(`${origin}/x`, 'image');
    expect(await all(assets, 1)).toEqual([{ n: 1, reason }]);
    vi.unstubAllGlobals();
  });

  test('is read four at a time', async () => {
    let now = 0;
    let most = 0;
    const assets = new Assets(1, async (url) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 1));
      now--;
      return { bytes: text(url), type: 'image/png' };
    });
    for (let i = 0; i < 20; i++) assets.url(`https://shop.test/${i}`, 'image');
    await all(assets, 20);
    expect(most).toBe(4);
  });
});

describe('contents', () => {
  test('that were dropped are read again, and only given when they are the same', async () => {
    let part = 'a';
    const big = (url: string) => text(url + part.repeat(6 * 1024 * 1024));
    const assets = new Assets(1, async (url) => ({ bytes: big(url), type: 'image/png' }));
    for (const n of [1, 2, 3, 4]) assets.url(`https://shop.test/${n}`, 'image');
    const [first] = await all(assets, 4);
    const kept = [...(assets as unknown as { contents: Map<string, { bytes?: unknown }> }).contents.values()];
    expect(kept.filter((c) => c.bytes).length).toBe(2);
    expect(await assets.content(first?.hash ?? '')).toBeDefined();
    part = 'b';
    const dropped = [...(assets as unknown as { contents: Map<string, { bytes?: unknown }> }).contents].find(
      ([, c]) => !c.bytes,
    );
    expect(await assets.content(dropped?.[0] ?? '')).toBeUndefined();
    expect(await assets.content('unknown')).toBeUndefined();
  });
});

describe('reading', () => {
  test('gives up on a body over the limit, whatever its header says', async () => {
    const endless = new ReadableStream<Uint8Array>({ pull: (c) => c.enqueue(new Uint8Array(1 << 20)) });
    vi.stubGlobal('fetch', async () => new Response(endless, { headers: { 'content-type': 'image/png' } }));
    const assets = new Assets(1);
    assets.url('https://shop.test/endless.png', 'image');
    expect(await all(assets, 1)).toEqual([{ n: 1, reason: Refusal.tooLarge }]);
    vi.unstubAllGlobals();
  });

  test('asks the cache, with the login of the page alone', async () => {
    const seen: Request[] = [];
    vi.stubGlobal('fetch', async (request: Request) => {
      seen.push(request);
      return new Response('x', { headers: { 'content-type': 'image/gif; charset=x' } });
    });
    const assets = new Assets(1);
    assets.url('https://cdn.test/x.gif', 'image');
    expect((await all(assets, 1))[0]?.mime).toBe('image/gif');
    expect([seen[0]?.cache, seen[0]?.credentials, seen[0]?.mode]).toEqual(['force-cache', 'same-origin', 'cors']);
    vi.unstubAllGlobals();
  });

  test.each([
    ['data:image/png;base64,aGk=', 'hi', 'image/png'],
    ['data:image/png;base64,aGk%3D', 'hi', 'image/png'],
    ['data:image/svg+xml,%3Csvg%3E', '<svg>', 'image/svg+xml'],
    ['data:image/svg+xml;charset=utf-8,<svg>ü🙂</svg>', '<svg>ü🙂</svg>', 'image/svg+xml'],
    ['data:,plain', 'plain', ''],
  ])('%s needs no request', (url, content, type) => {
    const read = readData(url);
    expect(Buffer.from(read.bytes).toString()).toBe(content);
    expect(read.type).toBe(type);
  });

  test.each(['data:', 'data:image/png;base64', 'data:image/png;base64,***'])('%s is refused', async (url) => {
    const assets = new Assets(1);
    assets.url(url, 'image');
    expect(await all(assets, 1)).toEqual([{ n: 1, reason: Refusal.unreadable }]);
  });

  test('a data URL over the limit is nothing to show', () => {
    expect(new Assets(1).url(`data:image/png,${'x'.repeat(Limits.MaxBlob * 2)}`, 'image')).toBe(0);
  });
});

test('a type is told by the first bytes where the server does not', () => {
  expect(sniff(text('wOF2....'))).toBe('font/woff2');
  expect(sniff(text('RIFF....WEBP'))).toBe('image/webp');
  expect(sniff(Uint8Array.of(0, 0, 0, 28, ...text('ftypavif')))).toBe('image/avif');
  expect(sniff(text('<svg xmlns'))).toBe('image/svg+xml');
  expect(sniff(text('<html>'))).toBe('');
  expect(sniff(new Uint8Array())).toBe('');
});

describe('a stream', () => {
  const png = (s: string) => new Blob([text(s)], { type: 'image/png' });
  const frames = (assets: Assets) => {
    const told: string[] = [];
    for (let i = 0, frame = assets.announced(0); frame; frame = assets.announced(++i)) {
      if (frame.length === 0) continue;
      const { kind, payload } = decodeFrame(frame);
      const r = new Reader(payload);
      told.push(kind === Kind.refused ? `${r.varint()} refused` : `${r.varint()} ${base64url(r.bytes(16))}`);
    }
    return told;
  };

  test('has one number, and of all that it showed the newest is there', async () => {
    const assets = new Assets(1, vi.fn());
    const wake = vi.fn();
    assets.watch(wake);
    const n = assets.stream();
    for (const s of ['one', 'two', 'two', 'three']) await assets.show(n, png(s));
    expect(wake).toHaveBeenCalledTimes(3);
    expect(frames(assets)).toEqual([`${n} ${await hashOf('three')}`]);
    expect(await assets.content(await hashOf('two'))).toBeUndefined();
    const blob = decodeFrame((await assets.content(await hashOf('three'))) ?? new Uint8Array());
    expect(Buffer.from(blob.payload.subarray(16)).toString()).toBe('three');
    await assets.show(n, undefined);
    await assets.show(n, undefined);
    expect(frames(assets)).toEqual([`${n} refused`]);
    expect(wake).toHaveBeenCalledTimes(4);
    assets.drop(n);
    expect(frames(assets)).toEqual([]);
  });

  test('waits until somebody took what it showed', async () => {
    const assets = new Assets(1, vi.fn());
    const n = assets.stream();
    expect(assets.taken(n)).toBe(true);
    await assets.show(n, png('one'));
    expect(assets.taken(n)).toBe(false);
    await assets.content(await hashOf('one'));
    expect(assets.taken(n)).toBe(true);
  });

  test('that shows what an address has leaves it there', async () => {
    const assets = new Assets(1, async () => ({ bytes: text('same'), type: 'image/png' }));
    const n = assets.stream();
    await assets.show(n, png('same'));
    const url = assets.url('https://shop.test/x.png', 'image');
    await vi.waitFor(() => expect(frames(assets)).toHaveLength(2));
    assets.drop(n);
    expect(frames(assets)).toEqual([`${url} ${await hashOf('same')}`]);
    expect(await assets.content(await hashOf('same'))).toBeDefined();
  });
});

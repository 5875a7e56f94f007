// A recording as one HTML file that plays without a server.
//
// Guarantees: the file's policy lets nothing out and runs its own two scripts only, named by their hashes; what the recording says stays data.

import * as texts from 'virtual:offline';
import type { OfflineData } from '../offline/main.ts';
import type { Archive } from '../replay/archive.ts';
import { contentsOf } from './contents.ts';

export type Progress = (part: number) => void;

export async function htmlOf(archive: Archive, at: number, progress: Progress): Promise<Blob> {
  const { detail } = archive;
  if (!detail) throw new Error('not loaded');
  const chunks: Record<string, string> = {};
  for (const [i, { n }] of archive.chunks().entries()) {
    const bytes = await archive.whole(n);
    if (bytes) chunks[n] = base64(bytes);
    progress((i + 1) / archive.chunks().length / 2);
  }
  const contents: Record<string, string> = {};
  const hashes = contentsOf(archive);
  for (const [i, hash] of hashes.entries()) {
    const bytes = await archive.content(hash);
    if (bytes) contents[hash] = base64(bytes);
    progress(0.5 + (i + 1) / hashes.length / 2);
  }
  const script = texts.stage;
  const stage = texts.page.replace(' nonce="{{NONCE}}"', '').replace('{{SCRIPT}}', () => script);
  const data: OfflineData = {
    detail: {
      ...detail,
      chunks: detail.chunks.map((one) => ({ ...one, sealed: true })),
      state: detail.state === 'live' ? 'partial' : detail.state,
    },
    chunks,
    contents,
    stage: address(stage),
    quirks: address(stage.replace(/^<!doctype html>/i, '')),
    at,
  };
  const policy = [
    "default-src 'none'",
    `script-src ${await hashOf(texts.script)} ${await hashOf(script)}`,
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    'font-src data: blob:',
    'media-src data: blob:',
    'frame-src data:',
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const title = escaped(detail.reference || detail.title || 'Recording');
  return new Blob(
    [
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">`,
      `<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer"><title>${title}</title>`,
      `<style>${texts.style}</style></head><body><header><h1>${title}</h1><span id="where"></span><span id="trouble" role="status"></span></header>`,
      '<main id="room"><div id="host"></div></main><nav id="events" aria-label="Events"></nav>',
      '<footer><button id="play">Play</button><input id="line" type="range" min="0" step="100" aria-label="Time line"><span id="time"></span>',
      '<select id="speed" aria-label="Speed"></select></footer>',
      `<script type="application/json" id="recording">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`,
      `<script>${texts.script}</script></body></html>`,
    ],
    { type: 'text/html' },
  );
}

function address(document: string): string {
  return `data:text/html;charset=utf-8,${encodeURIComponent(document)}`;
}

async function hashOf(script: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(script));
  return `'sha256-${base64(new Uint8Array(hash))}'`;
}

function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 0x6000)
    parts.push(btoa(String.fromCharCode(...bytes.subarray(i, i + 0x6000))));
  return parts.join('');
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

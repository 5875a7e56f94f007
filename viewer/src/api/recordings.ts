// The HTTP API of recordings, typed. All times are ms; `at` counts from the recording's beginning.

import { Api } from './client.ts';

export type RecordingState = 'live' | 'complete' | 'partial' | 'erased';

export interface RecordingSummary {
  id: string;
  state: RecordingState;
  /** Why it is only a part, for people. */
  why?: string;
  /** By the wall clock. */
  startedAt: number;
  durationMs: number;
  reference: string;
  owner: string;
  title: string;
  url: string;
  pages: number;
  errors: number;
  failedRequests: number;
  clicks: number;
  bytes: number;
  browser?: string;
  os?: string;
  tags: string[];
  hold: boolean;
}

/** Frames that are not to be had. */
export interface Gap {
  lane: number;
  from: number;
  to: number;
}

export interface RecordedDocument {
  tab: number;
  epoch: number;
  /** When the document's own clock was at 0. */
  beganAt: number;
  /** 0 or absent: it is not over, or nobody knows when. */
  endedAt?: number;
  url: string;
  title: string;
  gaps: Gap[];
}

export interface RecordedChunk {
  n: number;
  bytes: number;
  from: number;
  to: number;
  sealed: boolean;
  keyframes: { tab: number; epoch: number; seq: number; at: number }[];
}

export type MarkerKind =
  | 'error'
  | 'failed-request'
  | 'navigation'
  | 'click'
  | 'rage-click'
  | 'dead-click'
  | 'note'
  | 'event';

export interface Marker {
  at: number;
  tab: number;
  epoch: number;
  kind: MarkerKind;
  label: string;
}

export interface Note {
  id: string;
  at: number;
  tab?: number;
  text: string;
  author: string;
  createdAt: number;
}

export interface Share {
  id: string;
  at: number;
  createdAt: number;
  expiresAt: number;
  author: string;
  /** Only where it was made just now. */
  url?: string;
}

export interface RecordingDetail extends RecordingSummary {
  documents: RecordedDocument[];
  chunks: RecordedChunk[];
  markers: Marker[];
  notes: Note[];
}

export interface FoundMoment {
  recording: string;
  tab: number;
  epoch: number;
  at: number;
  kind: string;
  title: string;
  detail: string;
  startedAt: number;
  reference: string;
  owner: string;
}

export interface Completions {
  from: number;
  to: number;
  options: { text: string; hint: string }[];
}

export interface Chunk {
  bytes: Uint8Array;
  /** More may come. */
  open: boolean;
  /** So many records the server could not read. */
  damaged?: number;
}

export class RecordingsApi extends Api {
  recordings(of: {
    before?: string;
    limit?: number;
    q?: string;
  }): Promise<{ recordings: RecordingSummary[]; next?: string }> {
    return this.get(`/api/recordings${queryOf(of)}`);
  }

  recording(id: string): Promise<RecordingDetail> {
    return this.get(at(id));
  }

  /** A sealed one never changes. */
  async chunk(id: string, n: number): Promise<Chunk> {
    const response = await this.send('GET', at(id, `chunks/${n}`), undefined, true);
    const { headers } = response;
    const damaged = Number(headers.get('Ridealong-Damage') ?? 0) || 0;
    return { bytes: await body(response), open: headers.get('Ridealong-Open') === '1', damaged };
  }

  async blob(id: string, hash: string): Promise<Uint8Array> {
    return body(await this.send('GET', at(id, `blobs/${encodeURIComponent(hash)}`), undefined, true));
  }

  erase(id: string): Promise<void> {
    return this.ask('DELETE', at(id));
  }

  tag(id: string, tags: string[]): Promise<void> {
    return this.ask('PUT', at(id, 'tags'), { tags });
  }

  hold(id: string, hold: boolean): Promise<void> {
    return this.ask('PUT', at(id, 'hold'), { hold });
  }

  note(id: string, note: { at: number; tab?: number; text: string }): Promise<Note> {
    return this.post(at(id, 'notes'), note);
  }

  unnote(id: string, note: string): Promise<void> {
    return this.ask('DELETE', at(id, `notes/${encodeURIComponent(note)}`));
  }

  async shares(id: string): Promise<Share[]> {
    return (await this.get<{ shares: Share[] }>(at(id, 'shares'))).shares;
  }

  share(id: string, of: { at: number; days: number }): Promise<Share> {
    return this.post(at(id, 'shares'), of);
  }

  unshare(id: string, share: string): Promise<void> {
    return this.ask('DELETE', at(id, `shares/${encodeURIComponent(share)}`));
  }

  moments(of: { q: string; before?: string; limit?: number }): Promise<{ moments: FoundMoment[]; next?: string }> {
    return this.get(`/api/search${queryOf(of)}`);
  }

  complete(q: string, cursor: number): Promise<Completions> {
    return this.get(`/api/search/complete${queryOf({ q, at: cursor })}`);
  }

  /** The moment that a link is for. */
  shared(secret: string): Promise<{ recording: string; at: number }> {
    return this.get(`/api/shares/${encodeURIComponent(secret)}`);
  }

  /** What the server makes of it. */
  async exported(id: string, as: 'har' | 'console' | 'playwright'): Promise<Uint8Array> {
    return body(await this.send('GET', at(id, `export/${as}`), undefined, true));
  }
}

async function body(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

function queryOf(of: Record<string, string | number | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(of))
    if (value !== undefined && value !== '') query.set(name, String(value));
  return query.size > 0 ? `?${query}` : '';
}

function at(id: string, what?: string): string {
  return `/api/recordings/${encodeURIComponent(id)}${what ? `/${what}` : ''}`;
}

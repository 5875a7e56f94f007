// The people and sessions of the browser tests.

import type { Participant, Session } from '../../src/api/types.ts';

export const ANA = { id: 'a1', email: 'ana@acme.example', name: 'Ana Silva', role: 'admin' };

export const ME = { account: ANA, server: { name: 'Acme support', version: '0.1.0' } };

export const SHOP = {
  id: 'shop',
  name: 'Acme shop',
  origins: ['https://shop.acme.example', 'http://localhost:8081'],
  page: 'https://shop.acme.example/cart',
};

export const HELP = {
  id: 'help',
  name: 'Help centre',
  origins: ['https://help.acme.example'],
  page: 'https://help.acme.example/',
};

export const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

export const agent: Participant = { id: 'p1', leg: 1, role: 'agent', name: 'Ana Silva', here: true };
export const bo: Participant = { id: 'p4', leg: 4, role: 'agent', name: 'Bo Lindqvist', here: true };
export const customer: Participant = { id: 'p2', leg: 2, role: 'customer', name: 'Customer', here: true };

export const ID = '01K9ZQ4T6C8V2M5N7P9R1S3W5X';

export function session(of: Partial<Session> = {}): Session {
  return {
    id: ID,
    project: 'shop',
    owner: { id: ANA.id, name: ANA.name },
    state: 'pending',
    page: SHOP.page,
    reference: 'Ticket 4711, Mrs Okafor',
    url: '',
    title: '',
    consent: null,
    createdAt: ago(3),
    expiresAt: ago(-27),
    participants: [],
    ...of,
  };
}

const consent = { view: true, control: false, record: false, textVersion: '1' };

export const LIST: Session[] = [
  session({ id: '01A', reference: '' }),
  session({
    id: '01B',
    state: 'live',
    reference: 'Ticket 4711, Mrs Okafor',
    url: 'https://shop.acme.example/checkout',
    title: 'Checkout – Acme shop',
    consent,
    createdAt: ago(12),
    participants: [agent, customer, bo],
  }),
  session({
    id: '01C',
    state: 'claimed',
    reference: 'Callback 88',
    createdAt: ago(5),
    participants: [agent, { ...customer, here: false }],
  }),
  session({
    id: '01D',
    state: 'live',
    owner: { id: 'a2', name: 'Bo Lindqvist' },
    reference: 'INC-2093 voucher is refused at the till although it was valid this morning',
    url: 'https://shop.acme.example/voucher/redeem/with/a/rather/long/path/that/does/not/fit',
    consent,
    createdAt: ago(47),
    participants: [bo, { ...customer, here: false }],
  }),
  session({
    id: '01E',
    state: 'ended',
    reference: 'Ticket 4690',
    title: 'Cart – Acme shop',
    consent,
    createdAt: ago(190),
    endedAt: ago(170),
    endReason: 'customer',
    participants: [
      { ...agent, here: false },
      { ...customer, here: false },
    ],
  }),
  session({ id: '01F', state: 'expired', reference: 'Ticket 4688', createdAt: ago(1500), expiresAt: ago(1470) }),
  session({
    id: '01G',
    state: 'ended',
    reference: 'Hotel wifi',
    createdAt: ago(1600),
    endedAt: ago(1595),
    endReason: 'tampered',
    participants: [{ ...agent, here: false }],
  }),
];

export const SECRET = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';
export const CODE = { code: '7K3M-Q9XT', expiresAt: ago(-9.6) };

export const ENVIRONMENT = {
  userAgent:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  platform: 'Win32',
  screen: { width: 1920, height: 1080 },
  devicePixelRatio: 1.25,
  timeZone: 'Africa/Lagos',
  languages: ['en-NG', 'en', 'yo'],
  connection: { effectiveType: '4g', downlink: 6.4, rtt: 50 },
  deviceMemory: 8,
  hardwareConcurrency: 8,
  referrer: 'https://mail.example/',
  colorScheme: 'light',
  reducedMotion: false,
};

// What a support agent would ask for first. Nothing that tells one person from another beyond what the page's server sees anyway.

import { reduceUrl } from '../privacy/url.ts';

interface Connection {
  effectiveType?: string;
  downlink?: number;
  rtt?: number;
}

interface Hints {
  connection?: Connection;
  deviceMemory?: number;
  userAgentData?: { platform?: string; mobile?: boolean };
}

/** The short way first: a formatter takes 10 ms to make, more than the rest of a small page. */
function timeZone(): string {
  const { Temporal } = globalThis as { Temporal?: { Now: { timeZoneId(): string } } };
  return Temporal?.Now.timeZoneId() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** `names`: whether the names of values in addresses may be told. */
export function environment(window: Window & typeof globalThis, names: boolean): string {
  const { navigator, screen, document } = window;
  const hints = navigator as unknown as Hints;
  const prefers = (query: string): boolean => window.matchMedia(query).matches;
  return JSON.stringify({
    userAgent: navigator.userAgent.slice(0, 400),
    platform: hints.userAgentData?.platform ?? navigator.platform,
    mobile: hints.userAgentData?.mobile,
    screen: { width: screen.width, height: screen.height },
    devicePixelRatio: window.devicePixelRatio,
    timeZone: timeZone(),
    languages: navigator.languages.slice(0, 8),
    connection: hints.connection && {
      effectiveType: hints.connection.effectiveType,
      downlink: hints.connection.downlink,
      rtt: hints.connection.rtt,
    },
    deviceMemory: hints.deviceMemory,
    hardwareConcurrency: navigator.hardwareConcurrency,
    referrer: document.referrer ? reduceUrl(document.referrer, document.baseURI, names) : '',
    colorScheme: prefers('(prefers-color-scheme: dark)') ? 'dark' : 'light',
    reducedMotion: prefers('(prefers-reduced-motion: reduce)'),
    online: navigator.onLine,
    cookies: navigator.cookieEnabled,
    touch: navigator.maxTouchPoints,
  });
}

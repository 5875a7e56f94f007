// Where the browsers are and how they are started on a machine without a network.
import { existsSync } from 'node:fs';

export const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  // Both participants are on this machine; without these two, Chromium offers no candidate that the other could reach.
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
];

const HEADLESS = '/usr/bin/chromium-headless-shell';

export const firefoxPrefs = {
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  // Both participants are on this machine, which may have no other network.
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
};

function first(candidates: string[], what: string): string {
  const found = candidates.find((path) => existsSync(path));
  if (!found) throw new Error(`${what} is not installed (looked for ${candidates.join(', ')})`);
  return found;
}

export const chromiumPath = () =>
  process.env.CHROMIUM ??
  first(['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'], 'Chromium');

/** The same engine without a window around it, which a page costs a quarter of: for what no window has a part in. */
export const headlessPath = () => process.env.CHROMIUM ?? (existsSync(HEADLESS) ? HEADLESS : chromiumPath());

export const firefoxPath = () => process.env.FIREFOX ?? first(['/usr/bin/firefox-esr', '/usr/bin/firefox'], 'Firefox');

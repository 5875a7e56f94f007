// What a site decides about what may be seen, and what its server hides besides.

/** `standard` shows static text; `strict` shows only what `data-ridealong-show` names. */
export type Mode = 'standard' | 'strict';

/** What the site's own code decides, beside the marks in its pages. */
export interface Settings {
  mode?: Mode | undefined;
  mask?: Selectors;
  block?: Selectors;
  show?: Selectors;
  /** Whether the agent gets what DevTools would show; with `off` the picture alone. */
  tellTelemetry?: string | undefined;
  /** How much of what a page says to its console may be told: off, shapes, values. */
  tellConsole?: string | undefined;
  /** Beginnings of addresses whose bodies may be told. */
  tellBodies?: string | undefined;
}

/** Of several each is asked by itself: none can change what another one means. */
export type Selectors = string | readonly string[] | undefined;

export const listOf = (selectors: Selectors): string[] => [selectors ?? []].flat().filter(Boolean);

/** The longest selectors that a server may give. */
const MAX_SELECTORS = 4096;

/**
 * The site's settings, and what the server says besides. It may hide more and can show nothing; whatever is not understood makes the
 * mode strict.
 */
export function tighten(settings: Settings, remote: unknown): Settings {
  if (remote === undefined || remote === null) return settings;
  const { mode, mask, block } = remote as Record<string, unknown>;
  const plain = (given: unknown): given is string | undefined =>
    given === undefined || (typeof given === 'string' && given.length <= MAX_SELECTORS);
  const fine = typeof remote === 'object' && !Array.isArray(remote) && (mode === undefined || mode === 'standard');
  const more = (own: Selectors, given: unknown): string[] => [
    ...new Set([...listOf(own), ...listOf(plain(given) ? given : undefined)]),
  ];
  return {
    ...settings,
    mode: fine && plain(mask) && plain(block) ? settings.mode : 'strict',
    mask: more(settings.mask, mask),
    block: more(settings.block, block),
  };
}

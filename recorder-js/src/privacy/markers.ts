// Marks in a page that say what may be seen: ours, and those that sites already have for other tools.

/** What a mark asks for; of several the strongest holds. */
export const Ask = { nothing: 0, show: 1, mask: 2, block: 3 } as const;
export type Ask = (typeof Ask)[keyof typeof Ask];

const ATTRIBUTES: Readonly<Record<string, Ask>> = {
  'data-ridealong-show': Ask.show,
  'data-ridealong-mask': Ask.mask,
  'data-ridealong-block': Ask.block,
  // Sentry, New Relic
  'data-sentry-mask': Ask.mask,
  'data-sentry-block': Ask.block,
  'data-nr-mask': Ask.mask,
  'data-nr-block': Ask.block,
  // OpenReplay
  'data-openreplay-masked': Ask.mask,
  'data-openreplay-obscured': Ask.mask,
  'data-openreplay-hidden': Ask.block,
  // LogRocket, Hotjar, Contentsquare, Heap, Dynatrace
  'data-private': Ask.mask,
  'data-hj-suppress': Ask.mask,
  'data-hj-masked': Ask.mask,
  'data-cs-mask': Ask.mask,
  'data-heap-redact-text': Ask.mask,
  'data-dtrum-mask': Ask.mask,
  // Smartlook
  'data-recording-sensitive': Ask.mask,
  'data-recording-disable': Ask.block,
};

/** Those of rrweb, Sentry, Amplitude, Mixpanel, New Relic, FullStory, PostHog, Datadog, LogRocket and Smartlook. */
const BLOCK =
  /(?:^|\s)(?:(?:rr|sentry|amp|mp|nr)-block|fs-exclude(?:-without-consent)?|ph-no-capture|dd-privacy-hidden|_lr-hide|smartlook-hide)(?!\S)/;
const MASK =
  /(?:^|\s)(?:(?:rr|sentry|amp|mp|nr|fs|ph)-mask(?:-without-consent)?|(?:rr|sentry|nr|amp)-ignore|ph-ignore-input|mp-sensitive|no-mouseflow|data-hj-suppress|dd-privacy-mask(?:-user-input)?)(?!\S)/;

const classes = new Map<string, Ask>();

function classAsk(names: string): Ask {
  let ask = classes.get(names);
  if (ask === undefined) {
    ask = BLOCK.test(names) ? Ask.block : MASK.test(names) ? Ask.mask : Ask.nothing;
    if (classes.size < 4096) classes.set(names, ask);
  }
  return ask;
}

/** Whether the value of an attribute may be a mark. */
export const isMark = (name: string): boolean =>
  name === 'class' || name === 'data-dd-privacy' || name === 'data-clarity-mask' || Object.hasOwn(ATTRIBUTES, name);

/** What one attribute asks for. */
export function markAsk(name: string, value: string): Ask {
  switch (name) {
    case 'class':
      return classAsk(value);
    case 'data-dd-privacy':
      return value === 'hidden' ? Ask.block : value.startsWith('mask') ? Ask.mask : Ask.nothing;
    case 'data-clarity-mask':
      return /^true$/i.test(value) ? Ask.mask : Ask.nothing;
  }
  return (name.startsWith('data-') && ATTRIBUTES[name]) || Ask.nothing;
}
